import { z } from 'zod'

/** Knobs of rules by which tokens stand out of their answer. */
export const standingOutKnobs = {
  deviations: z
    .number()
    .default(0)
    .describe(
      'standard deviations over the mean of its answer at which a token counts as critical',
    ),
  window: z
    .int()
    .nonnegative()
    .default(2)
    .describe('longest gap between critical tokens, in tokens, that is taken with them'),
}

/**
 * Closes short gaps between chosen tokens, so that a name is not cut in two.
 *
 * @param chosen `[answers]`, not touched
 * @param window longest gap that is closed, in tokens
 */
export function fillGaps(chosen: readonly boolean[], window: number): boolean[] {
  const filled = [...chosen]
  let last = -1
  chosen.forEach((isChosen, t) => {
    if (!isChosen) return
    if (last >= 0 && t - last - 1 <= window) filled.fill(true, last, t)
    last = t
  })
  return filled
}

/** `[answers]` 1 for what stands out: over the mean by so many standard deviations, gaps closed; all where nothing does. */
export function standingOut(
  scores: readonly number[],
  { deviations, window }: { deviations: number; window: number },
): Float32Array {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length
  const threshold = mean + deviations * Math.sqrt(variance)
  const chosen = scores.map((score) => score > threshold)
  // A short answer whose tokens are all alike would else never be forgotten.
  if (!chosen.includes(true)) return new Float32Array(scores.length).fill(1)
  return Float32Array.from(fillGaps(chosen, window), Number)
}
