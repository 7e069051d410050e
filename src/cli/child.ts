import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * Runs lethe in a process of its own: memory is given back whole, and a crash takes one run. It stands in its own group, so
 * that Ctrl-C reaches it once, from here.
 *
 * @returns its exit code; null where a signal ended it
 */
export function runLethe(argv: readonly string[], cwd: string): Promise<number | null> {
  const main = fileURLToPath(new URL('./main.js', import.meta.url))
  const child = spawn(process.execPath, [main, ...argv], {
    cwd,
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const pass = () => void child.kill('SIGINT')
  process.on('SIGINT', pass)
  process.on('SIGTERM', pass)
  return new Promise<number | null>((done, fail) => {
    child.on('error', fail)
    child.on('exit', (code) => done(code))
  }).finally(() => {
    process.off('SIGINT', pass)
    process.off('SIGTERM', pass)
  })
}
