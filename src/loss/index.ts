import { activationMatch } from './activation-match.ts'
import { adaptiveRmu } from './adaptive-rmu.ts'
import { crossEntropy } from './cross-entropy.ts'
import { dpo } from './dpo.ts'
import { gradientAscent } from './gradient-ascent.ts'
import { kl } from './kl.ts'
import type { Loss } from './loss.ts'
import { npo } from './npo.ts'
import { preferredNll } from './preferred-nll.ts'
import { rmu } from './rmu.ts'

export type { Loss, LossContext, LossNeeds } from './loss.ts'
export { activationMatch, crossEntropy, dpo, gradientAscent, kl, npo, preferredNll, rmu }

/** Every loss by its id. */
export const losses: ReadonlyMap<string, Loss> = new Map(
  [crossEntropy, gradientAscent, npo, dpo, preferredNll, rmu, adaptiveRmu, kl, activationMatch].map(
    (loss): [string, Loss] => [loss.id, loss],
  ),
)
