import { z } from 'zod'
import { overQuantile, riskKnob, riskScores } from './risk.ts'
import { defineTokenSelector } from './selector.ts'

/** Where the quantile stays: some tokens are always left out, and half are always kept. */
const [lowest, highest] = [0.02, 0.5]

const schema = z.strictObject({
  risk: riskKnob,
  quantile: z
    .number()
    .min(lowest)
    .max(highest)
    .default(0.1)
    .describe('share of the tokens of a step, the least risky, that are left out at first'),
  every: z
    .int()
    .positive()
    .default(10)
    .describe('optimiser steps between two changes of that share'),
  strength: z
    .number()
    .min(0)
    .default(0.5)
    .describe('how much the share falls where the risk of the tail rises, as a power of e'),
})

/**
 * The risky tail of a step's tokens, wider while its risk rises and narrower while it falls (Ada-ESLM).
 *
 * C is the mean score of the chosen tokens (the conditional value at risk), averaged over the last `every` steps, and C₀ that
 * of the `every` before. Where C₀ is 0, α stays.
 *
 * Numerics: means in float64, stored with the run, so a resumed run is exact. The two sets of a method move apart.
 * What could not be verified: the paper changes its confidence by the normalised change of this risk between
 * evaluations; that the change is the exponent of a factor is from memory, and the limits, `strength` and the mean
 * over steps (one batch of an unlearning run is small) are ours.
 */
export const adaptiveValueAtRisk = defineTokenSelector({
  id: 'adaptive-value-at-risk',
  title: 'Tokens at risk, adaptive (Ada-ESLM)',
  source: 'ESLM 2025, arXiv:2505.19893; the rule is a stand-in',
  formula:
    'value-at-risk at α ← clip(α·exp(−strength·(C − C₀)/|C₀|), 0.02, 0.5), C the mean risk of its tail, C₀ that before',
  schema,
  when: 'step',
  needs: { logProb: true, entropy: true },
  init: ({ quantile }) => ({ quantile, steps: 0, total: 0 }),
  weigh: (input, { risk }) => overQuantile(riskScores(input, risk), input.state.quantile),
  after(input, { risk, every, strength }) {
    const { quantile, before, ...since } = input.state
    const scores = riskScores(input, risk)
    const total = since.total + tailMean(scores, overQuantile(scores, quantile))
    const steps = since.steps + 1
    if (steps < every) return { ...input.state, steps, total }
    const now = total / steps
    const change = before ? (now - before) / Math.abs(before) : 0
    const moved = quantile * Math.exp(-strength * change)
    const within = Math.min(Math.max(moved, lowest), highest)
    return { quantile: within, before: now, steps: 0, total: 0 }
  },
})

function tailMean(scores: readonly Float32Array[], chosen: readonly Float32Array[]): number {
  let [sum, count] = [0, 0]
  for (const [i, row] of scores.entries())
    for (const [t, score] of row.entries())
      if (chosen[i][t] > 0) {
        sum += score
        count++
      }
  return count > 0 ? sum / count : 0
}
