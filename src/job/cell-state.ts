import { existsSync } from 'node:fs'
import { latestState } from '../checkpoint/state.ts'
import { readEvents } from '../run/event-log.ts'
import { evaluationIsOpen } from '../run/run-evaluation.ts'
import { runFolderAt } from '../run/run-folder.ts'
import { isClosed } from './close-run.ts'

/** The state of a run of a sweep or board; `guard` is an end too: the run would end so again. */
export type CellState = 'waiting' | 'finished' | 'guard' | 'interrupted' | 'failed'

/** The task that a run's state asks for. */
export type CellTask = 'skip' | 'resume' | 'run' | 'replace'

/** Reads from a run's log alone how the run ended. */
export function cellState(folder: string): CellState {
  const { events } = runFolderAt(folder)
  if (!existsSync(events)) return 'waiting'
  const all = readEvents(events)
  const last = all.findLast(({ type }) => type.startsWith('run.') || type === 'guard.tripped')
  if (last?.type === 'run.finished') return 'finished'
  if (last?.type === 'guard.tripped' && last.action === 'stopped') return 'guard'
  return last?.type === 'run.failed' ? 'failed' : 'interrupted'
}

/** Skips what has ended, been evaluated as its recipe says and been closed, goes on with what was stopped, and begins again what nothing was kept of. */
export async function cellTask(folder: string, cwd: string): Promise<CellTask> {
  const state = cellState(folder)
  if (state === 'finished' || state === 'guard') {
    const run = runFolderAt(folder)
    const isOpen = await evaluationIsOpen(run, cwd)
    return isOpen || (state === 'finished' && !isClosed(run)) ? 'resume' : 'skip'
  }
  if (state === 'waiting') return 'run'
  const { state: states, samples } = runFolderAt(folder)
  const isKept = (state === 'interrupted' && existsSync(samples)) || (await latestState(states))
  return isKept ? 'resume' : 'replace'
}
