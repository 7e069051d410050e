import { altPo } from './alt-po.ts'
import { blur } from './blur.ts'
import { ga } from './ga.ts'
import { gradDiff } from './grad-diff.ts'
import { guard } from './guard.ts'
import { idkDpo } from './idk-dpo.ts'
import { idkNll } from './idk-nll.ts'
import type { Method } from './method.ts'
import { npo } from './npo.ts'
import { rmu } from './rmu.ts'
import { semevalSnuffleupagus } from './semeval-snuffleupagus.ts'
import { su } from './su.ts'

/** Every method by its id. */
export const methods: ReadonlyMap<string, Method> = new Map(
  [blur, npo, altPo, idkDpo, idkNll, su, guard, rmu, semevalSnuffleupagus, gradDiff, ga].map(
    (method): [string, Method] => [method.id, method],
  ),
)
