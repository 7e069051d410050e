export const scheduleKinds = ['constant', 'linear', 'cosine'] as const

/** How the learning rate goes from step to step. */
export interface Schedule {
  /** After the warm-up: stay, fall in a line to 0, or fall along half a cosine to 0. */
  readonly kind: (typeof scheduleKinds)[number]
  /** The highest rate, reached at the end of the warm-up. */
  readonly learningRate: number
  /** Steps over which the rate rises in a line from 0; the first step of a warm-up has rate 0. */
  readonly warmupSteps: number
}

/**
 * The learning rate of one optimiser step.
 *
 * With w warm-up steps of N in all: `η·s/w` for s < w; then, with x = (s − w)/(N − w), `η`, `η(1 − x)` or
 * `η(1 + cos πx)/2`.
 *
 * @param step       steps already made: 0 for the first
 * @param totalSteps of the whole run
 *
 * Differs from transformers (`get_constant_schedule_with_warmup`, `get_linear_…`, `get_cosine_…`): nothing, the rate 0
 * of the first warm-up step included.
 */
export function learningRateAt(schedule: Schedule, step: number, totalSteps: number): number {
  const { kind, learningRate, warmupSteps } = schedule
  if (step < warmupSteps) return (learningRate * step) / warmupSteps
  if (kind === 'constant') return learningRate
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps))
  if (kind === 'linear') return learningRate * (1 - progress)
  return (learningRate * (1 + Math.cos(Math.PI * progress))) / 2
}
