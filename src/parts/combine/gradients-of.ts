import type { Combiner } from './combiner.ts'

/** Whether a combiner with these knobs weighs one gradient per group, or one of their sum. */
export function gradientsOf(
  combiner: Combiner,
  knobs: Readonly<Record<string, unknown>>,
): Combiner['gradients'] {
  return combiner.gradientsFor?.(knobs) ?? combiner.gradients
}
