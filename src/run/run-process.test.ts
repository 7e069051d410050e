import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunFolder, runFolderAt } from './run-folder.ts'
import { processOf, writeProcess } from './run-process.ts'

let root: string
let run: RunFolder
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lethe-process-'))
  run = runFolderAt(join(root, 'run'))
  mkdirSync(run.path)
})
afterEach(() => rmSync(root, { recursive: true }))

test('is the process that wrote itself down', async () => {
  expect(processOf(run)).toBeNull()
  await writeProcess(run)
  expect(processOf(run)).toBe(process.pid)
})

test('is no stranger, of whom only the number is known, or another start', async () => {
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'lethe', 'run'])
  try {
    await writeProcess(run)
    const own = JSON.parse(readFileSync(run.pid, 'utf8'))
    const texts = [
      `${stranger.pid}\n`,
      JSON.stringify({ ...own, pid: stranger.pid }),
      JSON.stringify({ ...own, started: '' }),
      JSON.stringify({ pid: stranger.pid, folder: own.folder }),
    ]
    for (const text of texts) {
      writeFileSync(run.pid, text)
      expect(processOf(run), text).toBeNull()
    }
  } finally {
    stranger.kill()
  }
})

test('is none where the folder is a copy, or the process has ended', async () => {
  await writeProcess(run)
  cpSync(run.path, join(root, 'copy'), { recursive: true })
  expect(processOf(runFolderAt(join(root, 'copy')))).toBeNull()
  const own = JSON.parse(readFileSync(run.pid, 'utf8'))
  for (const text of ['', '{', 'null', '[]', JSON.stringify({ ...own, pid: 2 ** 22 + 1 })]) {
    writeFileSync(run.pid, text)
    expect(processOf(run), text).toBeNull()
  }
})
