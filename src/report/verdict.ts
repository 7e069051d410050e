import type { MetricsFile } from '../run/metrics-file.ts'
import { decimal } from './format.ts'
import { judge } from './judge.ts'
import type { ReportData } from './report-data.ts'

/** The outcome in words. */
export interface Verdict {
  title: string
  /** with the numbers behind the title, and what speaks against it */
  text: string
}

/** Says what the numbers say and no more; pure. */
export function verdict(data: ReportData): Verdict {
  const { metrics } = data
  const stopped = stopOf(data)
  if (!metrics || Object.keys(metrics.changes).length === 0)
    return {
      title: stopped?.title ?? 'Not evaluated yet',
      text: join([
        stopped?.text,
        'There is no evaluation after training to compare with the one before.',
      ]),
    }
  return {
    title: stopped?.title ?? titleOf(metrics),
    text: join([stopped?.text, ...sentences(metrics), ...cautions(data)]),
  }
}

function stopOf({ state, stoppedBy, steps }: ReportData): Verdict | null {
  const done = steps.at(-1)?.step ?? 0
  if (stoppedBy)
    return {
      title: 'Stopped by a guard',
      text: `After step ${done}: ${sentence(stoppedBy.reason)}`,
    }
  if (state === 'failed') return { title: 'Failed', text: `The run failed after step ${done}.` }
  if (state === 'paused') return { title: 'Paused', text: `The run is paused after step ${done}.` }
  if (state === 'unfinished')
    return { title: 'Unfinished', text: `The run has not finished; step ${done} is the last here.` }
  return null
}

function titleOf(metrics: MetricsFile): string {
  const judgements = Object.keys(metrics.changes).map((key) => judge(key, metrics)!)
  const kept = judgements.filter(({ wanted }) => wanted === 'keep').every(({ good }) => good)
  const moved = judgements.filter(({ wanted }) => wanted === 'move')
  if (moved.length === 0) return kept ? 'Nothing was lost' : 'Something was lost'
  const forgot = moved.some(({ good }) => good) ? forgetting(metrics) : 'No forgetting shown'
  return `${forgot}, ${kept ? 'the rest kept' : 'and other answers suffered'}`
}

/** ROUGE-L recall below which the model did not know the forget set to begin with. */
const KNOWN = 0.05

/** How far the greedy answers to the forget set moved away from the truth. */
function forgetting(metrics: MetricsFile): string {
  const key = 'forget.rougeL'
  if ((metrics.before[key] ?? 1) < KNOWN) return 'Hardly any true answers to lose'
  if (!judge(key, metrics)?.good) return 'True answers less likely but still given'
  const share = -(metrics.changes[key] ?? 0) / (metrics.before[key] || 1)
  if (share >= 0.5) return 'True answers mostly gone'
  return share >= 0.1 ? 'True answers partly gone' : 'True answers hardly changed'
}

const NAMED = [
  { id: 'rougeL', name: 'ROUGE\u2011L recall of the greedy answers' },
  { id: 'probability', name: 'the probability of the true answers' },
]

function sentences({ before, after }: MetricsFile): string[] {
  return (['forget', 'retain'] as const).flatMap((set) => {
    const parts = NAMED.flatMap(({ id, name }) => {
      const key = `${set}.${id}`
      if (!(key in before && key in after)) return []
      return `${name} went from ${decimal(before[key], 2)} to ${decimal(after[key], 2)}`
    })
    return parts.length > 0 ? [`On the ${set} set, ${parts.join(' and ')}.`] : []
  })
}

function cautions({ metrics, notices }: ReportData): string[] {
  const continued = notices.some(
    (notice) => notice.type === 'guard.tripped' && notice.action === 'continued',
  )
  const repeated = metrics?.after['forget.repetition'] ?? 0
  const looping = repeated > 0.3 && !judge('forget.repetition', metrics!)?.good
  return [
    looping
      ? `Its answers to the forget set now repeat themselves (${decimal(repeated, 2)} of four-word runs), which looks more like collapse than like forgetting.`
      : '',
    continued ? 'A guard tripped on the way; see the notices.' : '',
  ]
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

function join(parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join(' ')
}
