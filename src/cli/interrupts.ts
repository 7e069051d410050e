import { exitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/**
 * Ctrl-C once asks to stop in order; twice stops now.
 *
 * @param said what happens after the first, at that moment
 */
export function listenForInterrupts(
  terminal: Terminal,
  said: () => string,
): { requested(): boolean; stop(): void } {
  let count = 0
  const onInterrupt = () => {
    count++
    if (count > 1) process.exit(exitCode.interrupted)
    terminal.err.write(`\n${said()} Ctrl-C again stops now.\n`)
  }
  process.on('SIGINT', onInterrupt)
  process.on('SIGTERM', onInterrupt)
  return {
    requested: () => count > 0,
    stop() {
      process.off('SIGINT', onInterrupt)
      process.off('SIGTERM', onInterrupt)
    },
  }
}
