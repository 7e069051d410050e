import { formatProblem } from '../error.ts'
import { measuredShare, type Standing } from '../goal/standing.ts'
import type { EventOf, RunEvent, RunPhase } from '../run/events.ts'
import { isWarning } from '../train/stop-conditions.ts'
import { bytesText, durationText } from '../units.ts'

/** Whether an event is of a probe, a look or a saved state: many a phase, and told on request only. */
export function isDetail(event: RunEvent): boolean {
  switch (event.type) {
    case 'sample':
    case 'goal.look':
      return true
    case 'eval.started':
      return event.phase === 'during'
    case 'checkpoint.saved':
      return event.kind === 'state'
    default:
      return false
  }
}

/** The line that tells a person of an event; null for those that have none, or are in the table at the end. */
export function eventLine(event: RunEvent): string | null {
  switch (event.type) {
    case 'run.started': {
      const { method, model, data } = event
      const share = ((100 * model.trainableParameters) / model.parameters).toPrecision(3)
      const sets = (['forget', 'retain'] as const)
        .filter((set) => data[set] !== null)
        .map((set) => `${data[set]?.examples} to ${set}`)
      return `${method.title} on ${model.name} (${model.modelType}, ${count(model.parameters)} parameters, ${share} % trained): ${sets.join(', ')}`
    }
    case 'phase':
      return phases[event.what]
    case 'plan':
      return `plan: ${event.withinSeconds === undefined ? `${event.totalSteps} steps, ${count(event.tokens)} tokens` : `${durationText(event.withinSeconds)} at most`}, peak ${bytesText(event.peakBytes)}, disk ${bytesText(event.diskBytes)}${event.seconds === null ? '' : `, about ${durationText(event.seconds)}`}`
    case 'retain.started':
      return `asking the starting model ${event.prompts} questions that ship with Lethe, to keep what it says${event.kind ? `, some like those to be forgotten (${event.kind})` : ''}`
    case 'retain.written': {
      const examples = event.examples.map(
        (texts) => `\n  ${texts.map((text) => `“${clip(text)}”`).join(' → ')}`,
      )
      return `${event.rows} answers of the starting model are kept (${event.neighbours > 0 ? `${event.neighbours} to neighbours of the forget set; ` : ''}${event.dropped} left out): ${event.path}${examples.join('')}`
    }
    case 'selection':
      return `${event.selector} chose ${event.chosen} of ${event.total} ${event.what} of the ${event.set} set`
    case 'eval.started':
      return `measuring ${event.phase === 'during' ? `at step ${event.step}` : `${event.phase} training`} …`
    case 'sample':
      return `  ${event.set} #${event.index} “${clip(event.prompt)}” → “${clip(event.generated)}”`
    case 'goal.started': {
      const { known, rows, unknown, wordings } = event
      const asked = wordings.trained + wordings.chosen
      const others =
        unknown.length > 0
          ? `; not that of ${unknown.length === 1 ? 'row' : 'rows'} ${listed(unknown.map((row) => row + 1))}`
          : ''
      return `the model knows ${known} of ${rows} answers${others}; each is asked in ${asked} wordings, and in ${wordings.reported} more at the end`
    }
    case 'goal.look':
      return `  rate ${event.learningRate.toExponential(0)} step ${event.step}: ${standingText(event)}; at most ${durationText(event.secondsLeft)} left`
    case 'goal.chosen':
      return event.tried.length > 1
        ? `rate ${event.learningRate.toExponential(0)} goes on, of ${event.tried.length} that were tried`
        : `rate ${event.learningRate.toExponential(0)} goes on`
    case 'goal.ended':
      return endings[event.outcome]
    case 'checkpoint.saved':
      return `saved ${event.kind} ${event.path} (${bytesText(event.bytes)})`
    case 'guard.tripped': {
      const causes = event.causes.map((cause) => `\n  perhaps: ${cause}`).join('')
      if (isWarning(event)) return `warning: ${event.reason}${causes}`
      const state = event.lastGoodState ? `\n  last good state: ${event.lastGoodState}` : ''
      return `guard ${event.guard}: ${event.reason}; ${event.action}${causes}${state}`
    }
    case 'warning':
      return `warning: ${event.message}${event.hint ? `. ${event.hint}` : ''}`
    case 'groups': {
      const lines = event.groups.map(
        ({ name, factor, influence, parameters }) =>
          `  ${name}: rate × ${factor.toFixed(2)}, influence ${influence.toExponential(1)} nats, ${count(parameters)} parameters`,
      )
      const chosen = event.chosen.join(', ') || 'none'
      return [`groups of weights:`, ...lines, `  within ${100 * event.budget} %: ${chosen}`].join(
        '\n',
      )
    }
    case 'run.paused':
      return event.statePath
        ? `paused at step ${event.step}; state saved in ${event.statePath}`
        : 'paused before the first step; what was measured is kept'
    case 'run.resumed':
      return `resumed at step ${event.step} from ${event.statePath}`
    case 'run.finished':
      return `finished in ${durationText(event.seconds)}: ${count(event.tokens)} tokens, peak ${bytesText(event.peakBytes)}`
    case 'run.failed':
      return [`failed: ${event.message}`, ...event.problems.map(formatProblem)].join('\n  ')
    default:
      return null
  }
}

const phases: Record<RunPhase, string> = {
  preparing: 'preparing the steps …',
  asking: 'asking in other words, and about invented subjects …',
  drawing: 'drawing answers …',
  exporting: 'writing the model …',
  checking: 'reading the model back …',
  reporting: 'comparing before and after …',
}

const endings: Record<EventOf<'goal.ended'>['outcome'], string> = {
  reached: 'goal reached',
  missed: 'goal not reached',
  'nothing-known': 'nothing to forget',
}

/** `forgotten 80 %, kept 97 %`; kept is the lesser of what is left of the retain set and of general answers. */
export function standingText(standing: Standing): string {
  const share = (value: number | null) => (value === null ? '–' : `${Math.floor(100 * value)} %`)
  return `forgotten ${share(standing.forgotten)}, kept ${share(measuredShare(standing))}`
}

/** The first few, and how many more. */
function listed(indices: readonly number[]): string {
  const shown = indices.slice(0, 8).join(', ')
  return indices.length > 8 ? `${shown} and ${indices.length - 8} more` : shown
}

/** `1.2 B`, `9.4 M`, `12.0 k`, `512`. */
function count(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} B`
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`
  return value >= 1e4 ? `${(value / 1e3).toFixed(1)} k` : String(value)
}

function clip(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > 70 ? `${line.slice(0, 69)}…` : line
}
