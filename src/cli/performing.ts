import type { JobContext } from '../job/context.ts'
import { processLauncher } from '../job/launcher.ts'
import { listenForInterrupts } from './interrupts.ts'
import { jobWords, type SaidOf } from './job-words.ts'
import type { Terminal } from './terminal.ts'

/** Performs a job: what it says becomes words on the terminal, or events as JSON, and Ctrl-C asks it to stop. */
export async function performing<T>(
  terminal: Terminal,
  said: SaidOf,
  work: (context: JobContext) => Promise<T>,
): Promise<T> {
  const { cwd, env } = terminal
  const words = jobWords(terminal, said)
  const interrupts = listenForInterrupts(terminal, words.onInterrupt)
  const { signal } = interrupts
  try {
    return await work({
      cwd,
      env,
      launch: processLauncher({ cwd, stop: signal }),
      tell: words.tell,
      stopRequested: () => signal.aborted,
    })
  } finally {
    interrupts.stop()
  }
}
