import { spawn } from 'node:child_process'
import { commandLineFile } from '../files/package.ts'
import { type JobOutcome, outcomeOf } from './outcome.ts'

/**
 * Performs the job that lies in a folder, or goes on with it, and says how it ended.
 *
 * The folder is all of the message: a run has its resolved recipe there, as `recipe.yaml`, stages have `stages.json`. So a job can be
 * performed by whatever sees the folder and stands where the recipe's paths start from.
 */
export type Launcher = (folder: string) => Promise<JobOutcome>

/**
 * A launcher that gives each job a process of its own on this machine: its memory is given back whole, and a crash takes one job.
 *
 * The process says its own words on stderr. It stands in a group of its own, so that Ctrl-C reaches it once, passed on from here; when
 * this process is killed it notices, by their channel, and stops in order too.
 *
 * @param cwd  where the paths of recipes start from
 * @param stop asks the jobs to stop; null: they go on, in silence, when this process ends
 */
export function processLauncher({
  cwd,
  stop,
}: {
  cwd: string
  stop: AbortSignal | null
}): Launcher {
  return async (folder) => {
    if (stop?.aborted) return 'interrupted'
    const child = spawn(process.execPath, [commandLineFile(), 'resume', folder], {
      cwd,
      detached: true,
      stdio: stop ? ['ignore', 'ignore', 'inherit', 'ipc'] : 'ignore',
    })
    const ended = new Promise<JobOutcome>((done, fail) => {
      child.on('error', fail)
      child.on('exit', (code) => done(outcomeOf(code)))
    })
    if (!stop) {
      child.unref()
      return ended
    }
    const pass = () => void child.kill('SIGINT')
    stop.addEventListener('abort', pass)
    return ended.finally(() => stop.removeEventListener('abort', pass))
  }
}
