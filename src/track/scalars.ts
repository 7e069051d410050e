import type { RunEvent } from '../run/events.ts'

/** A number of a run, as trackers draw it. */
export interface Scalar {
  /** `loss/forget` */
  readonly key: string
  readonly value: number
  readonly step: number
  /** milliseconds since 1970 */
  readonly at: number
}

/** The numbers of an event; those that are null or not finite are left out. */
export function scalarsOf(event: RunEvent): Scalar[] {
  // What was measured before training is said at the end, beside what is compared with it.
  const step = event.type === 'eval.metric' && event.phase === 'before' ? 0 : event.step
  const at = Date.parse(event.ts)
  return Object.entries(numbersOf(event)).flatMap(([key, value]) =>
    typeof value === 'number' && Number.isFinite(value) ? [{ key, value, step, at }] : [],
  )
}

function numbersOf(event: RunEvent): Record<string, number | null> {
  if (event.type === 'step') {
    const { losses, gradientNorms, cosine, learningRate, stepMilliseconds } = event
    return {
      'loss/forget': losses.forget,
      'loss/retain': losses.retain,
      'gradientNorm/forget': gradientNorms.forget,
      'gradientNorm/retain': gradientNorms.retain,
      'gradientNorm/update': gradientNorms.update,
      'gradient/cosine': cosine,
      'train/learningRate': learningRate,
      'train/stepMilliseconds': stepMilliseconds,
    }
  }
  if (event.type === 'eval.metric') return { [event.metric.replace('.', '/')]: event.value }
  return {}
}
