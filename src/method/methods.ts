import { altPo } from './alt-po.ts'
import { blur } from './blur.ts'
import { ceU } from './ce-u.ts'
import { downgrade } from './downgrade.ts'
import { ga } from './ga.ts'
import { gradDiff } from './grad-diff.ts'
import { guard } from './guard.ts'
import { idkDpo } from './idk-dpo.ts'
import { idkNll } from './idk-nll.ts'
import { klMin } from './kl-min.ts'
import { loku } from './loku.ts'
import type { Method } from './method.ts'
import { ngdiff } from './ngdiff.ts'
import { npo } from './npo.ts'
import { ofmu } from './ofmu.ts'
import { pdu } from './pdu.ts'
import { rmu } from './rmu.ts'
import { satimp } from './satimp.ts'
import { semevalAtyaephyra } from './semeval-atyaephyra.ts'
import { semevalSnuffleupagus } from './semeval-snuffleupagus.ts'
import { sha256 } from './sha256.ts'
import { simnpo } from './simnpo.ts'
import { su } from './su.ts'
import { undial } from './undial.ts'
import { wga } from './wga.ts'

const all = [
  blur,
  npo,
  simnpo,
  altPo,
  idkDpo,
  idkNll,
  ngdiff,
  pdu,
  ofmu,
  su,
  guard,
  downgrade,
  loku,
  rmu,
  undial,
  ceU,
  wga,
  satimp,
  klMin,
  gradDiff,
  ga,
  sha256,
  semevalAtyaephyra,
  semevalSnuffleupagus,
]

/** Every method by its id, the order in which they are listed. */
export const methods: ReadonlyMap<string, Method> = new Map(
  all.map((method): [string, Method] => [method.id, method]),
)
