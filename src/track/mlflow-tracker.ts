import { existsSync } from 'node:fs'
import * as z from 'zod'
import { writeFileAtomic } from '../files/atomic.ts'
import { readStoredJson } from '../files/stored-json.ts'
import type { RunEvent } from '../run/events.ts'
import type { MlflowClient, MlflowMetric, MlflowStatus } from './mlflow.ts'
import { scalarsOf } from './scalars.ts'
import type { Tracker } from './tracker.ts'

/** What of a run a server already has; kept beside the run, so that a resumed one goes on. */
interface Sent {
  url: string
  runId: string
  /** id of the last event whose numbers were sent */
  eventId: number
  /** curve → its last step: a resumed run does steps again, to the same numbers, and they are not sent again */
  lastSteps: Record<string, number>
}

const sentSchema = z.looseObject({
  url: z.string(),
  runId: z.string(),
  eventId: z.number(),
  lastSteps: z.record(z.string(), z.number()),
})

export interface MlflowTrackerOptions {
  readonly client: MlflowClient
  readonly url: string
  readonly experiment: string
  readonly runName: string
  readonly params: Readonly<Record<string, string>>
  /** file of what was sent */
  readonly stateFile: string
  /** events of before, of which some may not have been sent */
  readonly past: readonly RunEvent[]
  /** said once, the first time that something does not work */
  warn(message: string): void
  /** between two attempts */
  readonly everyMilliseconds?: number
}

/**
 * Sends the numbers of a run to an MLflow server, in the background.
 *
 * A run never waits for a server: what could not be sent stays in the queue, is tried again with the next, and once more
 * at the end. What is still not there by then is sent when the run is resumed, from its log.
 */
export function openMlflow(options: MlflowTrackerOptions): Tracker {
  const { client, url, stateFile, past, warn, everyMilliseconds = 5000 } = options
  let sent = readSent(stateFile, url)
  const queue = past.filter(({ id }) => id > (sent?.eventId ?? 0))
  let status: MlflowStatus = 'RUNNING'
  let hasWarned = false
  let sending: Promise<void> | null = null

  const begin = async (): Promise<Sent> => {
    const first = queue[0]
    const experiment = await client.experiment(options.experiment)
    const runId = await client.createRun(
      experiment,
      options.runName,
      first ? Date.parse(first.ts) : Date.now(),
    )
    await client.log(runId, [], options.params)
    return { url, runId, eventId: 0, lastSteps: {} }
  }
  const send = async () => {
    try {
      if (!sent) {
        sent = await begin()
        await writeFileAtomic(stateFile, JSON.stringify(sent))
      }
      const taken = queue.slice()
      const last = taken.at(-1)
      if (!last) return
      const lastSteps = { ...sent.lastSteps }
      await client.log(sent.runId, newMetrics(taken, lastSteps))
      sent = { ...sent, eventId: last.id, lastSteps }
      await writeFileAtomic(stateFile, JSON.stringify(sent))
      queue.splice(0, taken.length)
    } catch (error) {
      if (!hasWarned) warn((error as Error).message)
      hasWarned = true
    }
  }
  const trySend = () => {
    sending ??= send().finally(() => {
      sending = null
    })
    return sending
  }
  const timer = setInterval(() => void trySend(), everyMilliseconds)
  timer.unref()

  return {
    listen(event) {
      queue.push(event)
      status = statusAfter(event) ?? status
      if (event.type === 'run.resumed' && sent)
        void client.update(sent.runId, 'RUNNING', null).catch(() => {})
    },
    async close() {
      clearInterval(timer)
      await sending
      await trySend()
      const end = status === 'RUNNING' ? 'KILLED' : status
      if (sent) await client.update(sent.runId, end, Date.now()).catch(() => {})
    },
  }
}

/** The numbers of events that come after what each curve has; `lastSteps` is moved on. */
function newMetrics(
  events: readonly RunEvent[],
  lastSteps: Record<string, number>,
): MlflowMetric[] {
  return events.flatMap(scalarsOf).flatMap(({ key, value, step, at }) => {
    // A start that is said late does not come after the curve.
    const curve = step === 0 ? `${key} at 0` : key
    if (step <= (lastSteps[curve] ?? -1)) return []
    lastSteps[curve] = step
    return [{ key, value, step, timestamp: at }]
  })
}

function statusAfter({ type }: RunEvent): MlflowStatus | null {
  if (type === 'run.finished') return 'FINISHED'
  if (type === 'run.failed' || type === 'guard.tripped') return 'FAILED'
  if (type === 'run.paused') return 'KILLED'
  return type === 'run.resumed' ? 'RUNNING' : null
}

/** Null where nothing was sent to this server. */
function readSent(file: string, url: string): Sent | null {
  if (!existsSync(file)) return null
  const sent = readStoredJson<Sent>(file, sentSchema)
  return sent.url === url ? sent : null
}
