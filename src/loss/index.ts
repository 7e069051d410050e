import { crossEntropy } from './cross-entropy.ts'
import { gradientAscent } from './gradient-ascent.ts'
import { kl } from './kl.ts'
import type { Loss } from './loss.ts'
import { npo } from './npo.ts'

export type { Loss, LossContext, LossNeeds } from './loss.ts'
export { crossEntropy, gradientAscent, kl, npo }

/** Every loss by its id. */
export const losses: ReadonlyMap<string, Loss> = new Map(
  [crossEntropy, gradientAscent, kl, npo].map((loss): [string, Loss] => [loss.id, loss]),
)
