import type { Combiner, Metric } from './combiner.ts'

/** Whether a combiner with these knobs weighs one gradient per group, or one of their sum. */
export function gradientsOf(
  combiner: Combiner,
  knobs: Readonly<Record<string, unknown>>,
): Combiner['gradients'] {
  return combiner.gradientsFor?.(knobs) ?? combiner.gradients
}

/** The metric in which a combiner with these knobs compares gradients. */
export function metricOf(combiner: Combiner, knobs: Readonly<Record<string, unknown>>): Metric {
  return combiner.metricFor?.(knobs) ?? 'euclidean'
}
