import { existsSync } from 'node:fs'
import { openJsonLines, readJsonLines } from '../files/json-lines.ts'
import { isEvent } from './event-schema.ts'
import type { EventType, NewEvent, RunEvent } from './events.ts'

/** The append-only record of a run. */
export interface EventLog {
  runId: string
  /** Gives the event its `id`, `ts` and `runId`, writes it, and returns it. */
  append(event: NewEvent): RunEvent
  close(): void
}

/** After these a reader may rely on the log, so it reaches the disk before the run goes on. */
const DURABLE: ReadonlySet<EventType> = new Set([
  'run.started',
  'checkpoint.saved',
  'guard.tripped',
  'run.paused',
  'run.finished',
  'run.failed',
])

/**
 * Opens `events.jsonl` for appending; after a resume, ids go on where they stopped and the run keeps its id.
 *
 * A killed process loses nothing; a power failure loses at most what came after the last checkpoint. Numbers that are
 * not finite are stored as null.
 *
 * @param path     of the file; made if missing
 * @param options  `runId` for a new file; `now` for the time
 * @throws UserError where the file cannot be read or written
 */
export function openEventLog(
  path: string,
  { runId, now = () => new Date() }: { runId: string; now?: () => Date },
): EventLog {
  const last = existsSync(path) ? readEvents(path).at(-1) : undefined
  const writer = openJsonLines(path)
  const ownRunId = last?.runId ?? runId
  let lastId = last?.id ?? 0
  return {
    runId: ownRunId,
    append(event) {
      const { type, step, ...payload } = event
      const stored = {
        id: lastId + 1,
        ts: now().toISOString(),
        runId: ownRunId,
        step,
        type,
        ...payload,
      } as RunEvent
      writer.append(stored)
      lastId += 1
      if (DURABLE.has(type)) writer.sync()
      return stored
    },
    close() {
      writer.sync()
      writer.close()
    },
  }
}

/**
 * The events of a run in order; a cut last line is left out.
 *
 * @param mostSteps of a longer run so many steps are read, evenly spread, for who draws or averages them; all unless given
 * @throws UserError where the file is missing or damaged
 */
export function readEvents(path: string, mostSteps?: number): RunEvent[] {
  const steps = mostSteps === undefined ? undefined : { mark: '"type":"step"', most: mostSteps }
  return readJsonLines(path, { what: 'an event', fits: isEvent }, steps) as RunEvent[]
}
