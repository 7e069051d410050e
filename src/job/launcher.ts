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
 * The process says its own words on stderr. It stands in a group of its own, so that Ctrl-C reaches it once, passed on from here.
 *
 * @param cwd      where the paths of recipes start from
 * @param outlives whether jobs go on, in silence, when this process ends
 */
export function processLauncher({
  cwd,
  outlives = false,
}: {
  cwd: string
  outlives?: boolean
}): Launcher {
  return async (folder) => {
    const child = spawn(process.execPath, [commandLineFile(), 'resume', folder], {
      cwd,
      detached: true,
      stdio: ['ignore', 'ignore', outlives ? 'ignore' : 'inherit'],
    })
    const ended = new Promise<JobOutcome>((done, fail) => {
      child.on('error', fail)
      child.on('exit', (code) => done(outcomeOf(code)))
    })
    if (outlives) {
      child.unref()
      return ended
    }
    const pass = () => void child.kill('SIGINT')
    process.on('SIGINT', pass)
    process.on('SIGTERM', pass)
    return ended.finally(() => {
      process.off('SIGINT', pass)
      process.off('SIGTERM', pass)
    })
  }
}
