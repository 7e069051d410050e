import type { StoredEvaluation } from '../measure/evaluation/stored-evaluation.ts'
import type { EventOf, EventType, RunEvent } from '../run/events.ts'
import type { MeasuredGguf } from '../run/gguf-files.ts'
import type { MetricsFile } from '../run/metrics-file.ts'
import type { Sample } from '../run/samples.ts'

/** The content of a run folder, as read. */
export interface RunContent {
  name: string
  events: readonly RunEvent[]
  metrics: MetricsFile | null
  samples: readonly Sample[]
  /** the saved state that metrics and samples after training are of; null: of the run's end */
  ofState: string | null
  /** evaluations of the model on benchmarks */
  benchmarks: readonly StoredEvaluation[]
  /** files that were made of the model and measured */
  ggufs: readonly MeasuredGguf[]
  /** resolved recipe, YAML */
  recipe: string | null
}

/** An event a reader should know about. */
export type Notice = EventOf<
  'guard.tripped' | 'warning' | 'run.paused' | 'run.resumed' | 'run.failed'
>

/** The data of a report, sorted out of a run's events; of a step done twice, after a resume, the last counts. */
export interface ReportData {
  name: string
  runId: string
  state: 'finished' | 'failed' | 'paused' | 'unfinished'
  /** the guard that ended the run */
  stoppedBy: EventOf<'guard.tripped'> | null
  started: EventOf<'run.started'> | null
  finished: EventOf<'run.finished'> | null
  plan: EventOf<'plan'> | null
  firstBatch: EventOf<'batch.preview'> | null
  exported: EventOf<'checkpoint.saved'> | null
  /** of a run with a goal: how it began, its looks in order, how it ended */
  goal: {
    started: EventOf<'goal.started'> | null
    looks: EventOf<'goal.look'>[]
    ended: EventOf<'goal.ended'> | null
  }
  steps: EventOf<'step'>[]
  evaluations: EventOf<'eval.metric'>[]
  probeAnswers: EventOf<'sample'>[]
  notices: Notice[]
  metrics: MetricsFile | null
  samples: readonly Sample[]
  ofState: string | null
  benchmarks: readonly StoredEvaluation[]
  ggufs: readonly MeasuredGguf[]
  recipe: string | null
}

/** Sorts a run's events into what the page shows; pure. */
export function collectReport({ events, ...content }: RunContent): ReportData {
  const of = <T extends EventType>(type: T) =>
    events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type)
  const last = events.findLast(({ type }) => type.startsWith('run.'))
  const stop = of('guard.tripped').findLast(({ action }) => action === 'stopped') ?? null
  const wentOn = events.some(
    ({ id, type }) => stop && id > stop.id && (type === 'run.resumed' || type === 'run.finished'),
  )
  return {
    ...content,
    runId: events.at(-1)?.runId ?? content.name,
    state: stateOf(last?.type),
    stoppedBy: wentOn ? null : stop,
    started: of('run.started').at(0) ?? null,
    finished: of('run.finished').at(-1) ?? null,
    plan: of('plan').at(-1) ?? null,
    firstBatch: of('batch.preview').at(0) ?? null,
    exported: of('checkpoint.saved').findLast(({ kind }) => kind === 'model') ?? null,
    goal: {
      started: of('goal.started').at(-1) ?? null,
      looks: latest(of('goal.look'), ({ step, learningRate }) => `${learningRate} ${step}`),
      ended: of('goal.ended').at(-1) ?? null,
    },
    steps: latest(of('step'), ({ step }) => String(step)),
    evaluations: latest(
      of('eval.metric'),
      ({ step, phase, metric }) => `${step} ${phase} ${metric}`,
    ),
    probeAnswers: latest(of('sample'), ({ step, set, index }) => `${step} ${set} ${index}`),
    notices: events.filter((event): event is Notice => NOTICES.has(event.type)),
  }
}

const NOTICES: ReadonlySet<EventType> = new Set([
  'guard.tripped',
  'warning',
  'run.paused',
  'run.resumed',
  'run.failed',
])

function stateOf(type: EventType | undefined): ReportData['state'] {
  if (type === 'run.finished') return 'finished'
  if (type === 'run.failed') return 'failed'
  return type === 'run.paused' ? 'paused' : 'unfinished'
}

/** The last event of each key, by step. */
function latest<E extends RunEvent>(events: readonly E[], key: (event: E) => string): E[] {
  return [...new Map(events.map((event) => [key(event), event])).values()].sort(
    (a, b) => a.step - b.step,
  )
}
