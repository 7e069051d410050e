import { z } from 'zod'
import type { TokenInput } from './selector.ts'

const risks = ['loss', 'memory', 'entropy'] as const

/** What makes a token risky. */
export const riskKnob = z
  .enum(risks)
  .default('loss')
  .describe(
    'what makes a token risky: loss, that it is unlikely; memory, that it is likely, for losses that ascend; entropy, that the model is unsure',
  )

/** `[answers]` of each sequence: `−log p`, `log p` or the entropy. */
export function riskScores(
  { logProb, entropy }: TokenInput,
  risk: (typeof risks)[number],
): readonly Float32Array[] {
  if (risk === 'entropy') return entropy
  return risk === 'memory' ? logProb : logProb.map((row) => row.map((logP) => -logP))
}

/** 1 for scores at or over the quantile of all of them together, else 0. */
export function overQuantile(scores: readonly Float32Array[], quantile: number): Float32Array[] {
  const sorted = Float32Array.from(scores.flatMap((row) => [...row])).sort()
  const threshold = sorted[Math.floor(quantile * sorted.length)]
  return scores.map((row) => row.map((score) => (score >= threshold ? 1 : 0)))
}
