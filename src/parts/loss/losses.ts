import { activationMatch } from './activation-match.ts'
import { adaptiveRmu } from './adaptive-rmu.ts'
import { ceU } from './ce-u.ts'
import { crossEntropy } from './cross-entropy.ts'
import { dpo } from './dpo.ts'
import { fNpo } from './f-npo.ts'
import { gradientAscent } from './gradient-ascent.ts'
import { invertedHinge } from './inverted-hinge.ts'
import { kl } from './kl.ts'
import { levelKeep } from './level-keep.ts'
import { levelMatch } from './level-match.ts'
import type { Loss } from './loss.ts'
import { margin } from './margin.ts'
import { npo } from './npo.ts'
import { npoLogits } from './npo-logits.ts'
import { preferredNll } from './preferred-nll.ts'
import { rmu } from './rmu.ts'
import { satimp } from './satimp.ts'
import { simnpo } from './simnpo.ts'
import { tokenNpo } from './token-npo.ts'
import { undial } from './undial.ts'
import { wga } from './wga.ts'

const all = [
  npo,
  simnpo,
  fNpo,
  tokenNpo,
  npoLogits,
  dpo,
  preferredNll,
  gradientAscent,
  wga,
  satimp,
  ceU,
  undial,
  margin,
  invertedHinge,
  levelMatch,
  rmu,
  adaptiveRmu,
  crossEntropy,
  levelKeep,
  kl,
  activationMatch,
]

/** Every loss by its id. */
export const losses: ReadonlyMap<string, Loss> = new Map(
  all.map((loss): [string, Loss] => [loss.id, loss]),
)
