import { gradientNorm } from './gradient-norm.ts'
import { loss } from './loss.ts'
import type { MembershipScore } from './membership-score.ts'
import { minK } from './min-k.ts'
import { minKPlusPlus } from './min-k-plus-plus.ts'
import { reference } from './reference.ts'
import { zlib } from './zlib.ts'

/** Every membership score, by id. */
export const membershipScores: ReadonlyMap<string, MembershipScore> = new Map(
  [loss, zlib, minK, minKPlusPlus, reference, gradientNorm].map((score) => [score.id, score]),
)
