import { onClosedOutput } from './closed-output.ts'
import { exitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/** Sent by a person or a machine that waits; once more, they wait no longer. */
const asking = ['SIGINT', 'SIGTERM'] as const

/**
 * Listens for what asks to stop in order: Ctrl-C, SIGTERM, a closed terminal (SIGHUP), output that nobody reads any
 * longer, and the end of the process that launched this one. Ctrl-C or SIGTERM after any of these stops now.
 *
 * @param said what happens after the first, at that moment
 */
export function listenForInterrupts(
  terminal: Terminal,
  said: () => string,
): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController()
  const { signal } = controller
  const request = () => {
    if (signal.aborted) return
    controller.abort()
    terminal.err.write(`\n${said()} Ctrl-C again stops now.\n`)
  }
  const ask = () => {
    if (signal.aborted) process.exit(exitCode.interrupted)
    request()
  }
  for (const name of asking) process.on(name, ask)
  // More than one comes of one closed terminal.
  process.on('SIGHUP', request)
  process.on('disconnect', request)
  const forget = onClosedOutput(request)
  return {
    signal,
    stop() {
      for (const name of asking) process.off(name, ask)
      process.off('SIGHUP', request)
      process.off('disconnect', request)
      forget()
    },
  }
}
