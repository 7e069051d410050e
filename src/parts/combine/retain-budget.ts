import { z } from 'zod'
import type { CombinerState } from './combiner.ts'

/** Knobs of the rules that hold the retain loss under a budget. */
export const budgetKnobs = {
  retainBudget: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe(
      'largest retain loss allowed, in the unit of that loss (nats per token); null: budgetFactor times that of the first step',
    ),
  budgetFactor: z
    .number()
    .min(1)
    .default(1.1)
    .describe('budget as a multiple of the first step’s retain loss, where retainBudget is null'),
}

/**
 * The budget: as set, else as remembered, else `budgetFactor` times the loss at hand, which is that of the first step.
 *
 * The paper of PDU suggests `(1 + a)·L_r(θ0)`, a > 0, and names no a. One batch stands for θ0's retain loss here, so a
 * has to cover the spread between batches, or noise alone would count as violation: a = 0.1 allows a tenth more
 * nats per token. A retain loss that starts at zero (`kl`) has no such budget: set `retainBudget`.
 */
export function budgetOf(
  state: CombinerState,
  retainLoss: number,
  knobs: { readonly retainBudget: number | null; readonly budgetFactor: number },
): number {
  if (knobs.retainBudget !== null) return knobs.retainBudget
  return 'budget' in state ? state.budget : knobs.budgetFactor * retainLoss
}
