import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'vite'
import { expect, test } from 'vitest'
import { holdFolder, lockName } from './hold-folder.ts'
import { problemsOf } from './testing/problems-of.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const nothing = async () => {}

test('a folder is held again within a process, and nothing stays of it', () =>
  temporaryFolder(async (dir) => {
    const path = join(dir, 'run')
    const inside = await holdFolder(path, () =>
      holdFolder(path, async () => {
        await writeFile(join(path, 'log'), 'x')
        return readFile(join(path, lockName), 'utf8')
      }),
    )
    expect(inside).toBe(`${process.pid}\n`)
    expect(await readdir(path)).toEqual(['log'])
  }))

test('a folder that was made and not written into goes again, with those above it', () =>
  temporaryFolder(async (dir) => {
    await holdFolder(join(dir, 'a', 'b'), nothing)
    expect(await readdir(dir)).toEqual([])
    await mkdir(join(dir, 'there'))
    await holdFolder(join(dir, 'there'), nothing)
    expect(await readdir(dir)).toEqual(['there'])
  }))

test('another process is refused, until the one that holds it is gone, however it went', () =>
  temporaryFolder(async (dir) => {
    const path = join(dir, 'run')
    // Below node_modules, where koffi is found.
    const built = await mkdtemp(new URL('../../node_modules/.hold-', import.meta.url).pathname)
    await build({
      logLevel: 'silent',
      build: {
        ssr: new URL('testing/hold-for-ever.ts', import.meta.url).pathname,
        outDir: built,
      },
    })
    const child = spawn(process.execPath, [join(built, 'hold-for-ever.js'), path])
    const ended = new Promise((done) => child.on('exit', done))
    for await (const line of createInterface(child.stdout)) if (line === 'held') break
    expect(await problemsOf(() => holdFolder(path, nothing))).toMatchObject([
      { code: 'folder-in-use', path, got: expect.stringContaining(String(child.pid)) },
    ])
    child.kill('SIGKILL')
    await ended
    expect(existsSync(join(path, lockName))).toBe(true)
    await holdFolder(path, nothing)
    expect(existsSync(join(path, lockName))).toBe(false)
    await rm(built, { recursive: true })
  }))
