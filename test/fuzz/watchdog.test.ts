import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { watcher } from './watchdog.ts'

test('a case without an end ends the process, with its name', () => {
  const script = `
    const { Worker } = require('node:worker_threads')
    const worker = new Worker(${JSON.stringify(watcher)}, { eval: true, workerData: 1 })
    worker.on('online', () => {
      worker.postMessage('board, seed 3, case 4')
      for (;;);
    })`
  const { signal, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' })
  expect(signal).toBe('SIGKILL')
  expect(stderr).toContain('board, seed 3, case 4: no end after 1 s')
}, 60_000)
