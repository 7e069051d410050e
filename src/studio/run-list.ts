import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { UserError } from '../error.ts'
import type { RunEvent } from '../run/events.ts'
import { readMetrics } from '../run/metrics-file.ts'
import { openRunFolder, type RunFolder } from '../run/run-folder.ts'
import { processOf } from '../run/run-process.ts'
import { isInside } from './inside.ts'
import { readLogEnds } from './log-ends.ts'

/** The state of a run; `interrupted`: its process is gone and said nothing. */
export type RunState =
  | 'running'
  | 'finished'
  | 'failed'
  | 'guard'
  | 'paused'
  | 'interrupted'
  /** a file of it cannot be read; `reason` says which */
  | 'damaged'

/** A run as a table shows it. */
export interface RunSummary {
  /** path below the runs folder, with `/` */
  readonly id: string
  readonly state: RunState
  readonly method: string | null
  readonly model: string | null
  readonly startedAt: string | null
  readonly step: number
  readonly totalSteps: number | null
  readonly seconds: number | null
  /** `forget.rougeL` → number, before and after */
  readonly before: Readonly<Record<string, number | null>>
  readonly after: Readonly<Record<string, number | null>>
  /** why it stopped, where a guard or an error did */
  readonly reason: string | null
}

/** Sweeps and benchmarks keep their runs in folders of folders. */
const deepest = 4

/** Summaries of the runs below a folder; a run's files are read again only when its log has grown. */
export interface RunList {
  all(): RunSummary[]
  /** @throws UserError as `runById` does */
  one(id: string): RunSummary
}

export function createRunList(root: string): RunList {
  const known = new Map<string, { stamp: string; summary: RunSummary }>()
  const summaryFor = (run: RunFolder) => {
    const id = idOf(root, run.path)
    const stamp = [run.events, run.metrics]
      .map((file) => (existsSync(file) ? `${statSync(file).mtimeMs} ${statSync(file).size}` : ''))
      .join(' ')
    const cached = known.get(id)
    if (cached?.stamp === stamp && cached.summary.state !== 'running') return cached.summary
    const summary = summaryOrDamage(id, run)
    known.set(id, { stamp, summary })
    return summary
  }
  return {
    all: () => foldersWith('events.jsonl', root).map((path) => summaryFor(openRunFolder(path))),
    one: (id) => summaryFor(runById(root, id)),
  }
}

/**
 * The folder of a run by its id.
 *
 * @throws UserError where there is none, or the id leads out of the runs folder, by `..` or by a link
 */
export function runById(root: string, id: string): RunFolder {
  return openRunFolder(insideRoot(root, id))
}

/** @throws UserError where a path leads out of the runs folder, by `..` or by a link */
export function insideRoot(root: string, id: string): string {
  const path = resolve(root, id)
  if (!isInside(root, path))
    throw new UserError({
      code: 'outside',
      path: id,
      expected: 'a run below the runs folder',
      got: 'a path that leads out of it',
    })
  return path
}

/** Ids of the evaluations by `lethe eval` below a folder. */
export function evaluations(root: string): string[] {
  return foldersWith('evaluation.json', root).map((path) => idOf(root, path))
}

function idOf(root: string, path: string): string {
  return relative(root, path).split(sep).join('/')
}

/** Folders that hold a file of a name; what lies below one of them is its own. */
function foldersWith(file: string, folder: string, depth = 0): string[] {
  if (!existsSync(folder)) return []
  return entriesOf(folder, depth)
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
    .flatMap(({ name }) => {
      const path = join(folder, name)
      if (existsSync(join(path, file))) return [path]
      return depth < deepest ? foldersWith(file, path, depth + 1) : []
    })
}

/** One folder that may not be read takes no other out of the table. */
function entriesOf(folder: string, depth: number): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if (depth > 0) return []
    throw error
  }
}

/** One damaged folder takes no other out of the table. */
function summaryOrDamage(id: string, run: RunFolder): RunSummary {
  try {
    return summaryOf(id, run)
  } catch (error) {
    const reason = (error as Error).message
    const unknown = { method: null, model: null, startedAt: null, totalSteps: null, seconds: null }
    return { id, state: 'damaged', ...unknown, step: 0, before: {}, after: {}, reason }
  }
}

function summaryOf(id: string, run: RunFolder): RunSummary {
  const events = readLogEnds(run.events)
  const started = events.find((event) => event.type === 'run.started')
  const lastStep = events.findLast((event) => event.type === 'step')
  const finished = events.findLast((event) => event.type === 'run.finished')
  const metrics = existsSync(run.metrics) ? readMetrics(run.metrics) : null
  return {
    id,
    state: stateOf(events, run),
    method: started?.method.id ?? null,
    model: started?.model.name ?? null,
    startedAt: started?.ts ?? null,
    step: lastStep?.step ?? 0,
    totalSteps: lastStep?.totalSteps ?? null,
    seconds: finished?.seconds ?? null,
    before: metrics?.before ?? {},
    after: metrics?.after ?? {},
    reason: reasonOf(events),
  }
}

function stateOf(events: readonly RunEvent[], run: RunFolder): RunState {
  const last = events.findLast(({ type }) => type.startsWith('run.') || type === 'guard.tripped')
  switch (last?.type) {
    case 'run.finished':
      return 'finished'
    case 'run.failed':
      return 'failed'
    case 'run.paused':
      return 'paused'
    case 'guard.tripped':
      if (last.action === 'stopped') return 'guard'
  }
  return processOf(run) === null ? 'interrupted' : 'running'
}

function reasonOf(events: readonly RunEvent[]): string | null {
  const trip = events.findLast((event) => event.type === 'guard.tripped')
  const failure = events.findLast((event) => event.type === 'run.failed')
  return failure?.message ?? (trip ? `${trip.guard}: ${trip.reason}` : null)
}
