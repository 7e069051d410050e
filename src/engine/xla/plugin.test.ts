import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { needing } from '../../../test/helpers/needs.ts'
import { UserError } from '../../error.ts'
import { input, neg } from '../../graph/index.ts'
import { findLibrary } from '../onnx/c-api.ts'
import { runtimeLibrary } from '../testing/runtime-library.ts'
import { newestPlugin } from '../testing/xla-plugins.ts'
import { PjrtError } from './c-api.ts'
import { compileOptions } from './compile-options.ts'
import { lower } from './lower.ts'
import { describePlugin, openClient, openPlugin } from './plugin.ts'
import { findPlugin } from './plugin-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lethe-plugin-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('what LETHE_PJRT names', () => {
  test('a file is taken as it is, a folder searched', async () => {
    const wheel = join(folder, 'jax_plugins', 'xla_cuda13')
    await mkdir(wheel, { recursive: true })
    const file = join(wheel, 'xla_cuda_plugin.so')
    await writeFile(file, '')
    await writeFile(join(folder, 'other.so'), '')
    expect(findPlugin(file)).toBe(file)
    expect(findPlugin(folder)).toBe(file)
  })

  test('nothing, what is not there, no plugin and several are refused with what to do', async () => {
    expect(() => findPlugin(undefined)).toThrow(/got nothing\. For a|got nothing\. For an/)
    expect(() => findPlugin(join(folder, 'none'))).toThrow('which is not there')
    expect(() => findPlugin(folder)).toThrow('a folder without a plugin')
    for (const name of ['libtpu.so', 'libpjrt_cpu.so']) await writeFile(join(folder, name), '')
    expect(() => findPlugin(folder)).toThrow(/got 2: .*libpjrt_cpu.so, .*libtpu.so/)
    expect(() => findPlugin(folder)).toThrow(UserError)
  })
})

describe('a file that is no plugin', () => {
  test('is refused where it is no library', async () => {
    const file = join(folder, 'libtpu.so')
    await writeFile(file, 'not a library')
    expect(() => openPlugin(file)).toThrow(UserError)
    expect(() => openPlugin(file)).toThrow('expected a PJRT plugin')
  })

  test('is refused where it is another library', needing(runtimeLibrary), () => {
    expect(() => openPlugin(findLibrary() ?? '')).toThrow(/expected a PJRT plugin.*GetPjrtApi/s)
  })
})

describe('a plugin', needing(newestPlugin), () => {
  test('says what it is, and refuses what it cannot do in words', async () => {
    const api = openPlugin(newestPlugin.file)
    expect(api.version).toEqual({ major: 0, minor: 115 })
    expect(describePlugin(newestPlugin.file)).toBe(
      `PJRT 0.115, StableHLO 1.20.0: ${newestPlugin.file}`,
    )
    const client = await openClient(api)
    expect(client.devices.map(({ kind }) => kind)).toEqual(['cpu'])
    await expect(client.compile('module { nonsense }', compileOptions(0, {}))).rejects.toThrow(
      PjrtError,
    )
    const program = lower({ y: neg(input('x', [2])) }, new Map())
    await expect(
      client.compile(program, compileOptions(0, { no_such_flag: true })),
    ).rejects.toThrow('no_such_flag')
    client.dispose()
  })
})
