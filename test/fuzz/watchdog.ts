import { Worker } from 'node:worker_threads'

/**
 * What the worker runs: of a case that takes more than so many CPU seconds it says which one it is, and ends the process. Nothing
 * inside a loop that never ends could.
 */
export const watcher = `
const { parentPort, workerData } = require('node:worker_threads')
let what = null
let begun
parentPort.on('message', (next) => {
  what = next
  begun = process.cpuUsage()
})
setInterval(() => {
  if (what === null) return
  const { user, system } = process.cpuUsage(begun)
  if ((user + system) / 1e6 < workerData) return
  require('node:fs').writeSync(2, '\\n' + what + ': no end after ' + workerData + ' s\\n')
  process.kill(process.pid, 'SIGKILL')
}, 250)
`

/** @returns what tells which case begins; null where none does */
export function watch(longestSeconds: number): { tell(what: string | null): void; close(): void } {
  const worker = new Worker(watcher, { eval: true, workerData: longestSeconds })
  worker.unref()
  return { tell: (what) => worker.postMessage(what), close: () => void worker.terminate() }
}
