import { combiners } from '../parts/combine/combiners.ts'
import { losses } from '../parts/loss/losses.ts'
import { altPo } from './alt-po.ts'
import { bindMethods } from './bind.ts'
import { blur } from './blur.ts'
import { ceU } from './ce-u.ts'
import type { MethodParts } from './choice.ts'
import { downgrade } from './downgrade.ts'
import { ga } from './ga.ts'
import { gradDiff } from './grad-diff.ts'
import { guard } from './guard.ts'
import { idkDpo } from './idk-dpo.ts'
import { idkNll } from './idk-nll.ts'
import { klMin } from './kl-min.ts'
import { level } from './level.ts'
import { loku } from './loku.ts'
import type { Method, MethodDeclaration } from './method.ts'
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

/** The declarations that ship, in the order in which they are listed. */
export const declaredMethods: readonly MethodDeclaration[] = [
  blur,
  level,
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

/** What finds a method and its parts by their ids. */
export interface MethodRegistry extends MethodParts {
  readonly methods: ReadonlyMap<string, Method>
}

/** Every method that ships, by its id, in the order in which they are listed. */
export const methods: MethodRegistry['methods'] = bindMethods(declaredMethods, {
  losses,
  combiners,
})

/** The methods that ship, among the parts that ship. */
export const builtInMethods: MethodRegistry = { losses, combiners, methods }
