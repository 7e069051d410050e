import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { needing } from '../../test/helpers/needs.ts'
import { createFfiEngine } from '../engine/onnx/ffi.ts'
import { runtimeLibrary } from '../engine/testing/runtime-library.ts'
import { holdFolder } from './hold-folder.ts'

test(
  'a process that holds a folder may open a runtime after',
  needing(runtimeLibrary),
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lethe-native-'))
    await holdFolder(folder, async () => {
      const engine = createFfiEngine({ threads: 1 })
      expect(engine.id).toBe('onnx-ffi')
      engine.dispose()
    })
    await rm(folder, { recursive: true })
  },
)
