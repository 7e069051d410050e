import { adamw } from './adamw.ts'
import { lion } from './lion.ts'
import { muon } from './muon.ts'
import type { Optimizer } from './optimizer.ts'
import { sgd } from './sgd.ts'
import { signSgd } from './sign-sgd.ts'

export { clipFactor } from './clip.ts'
export {
  chooseGroups,
  type GroupLosses,
  groupInfluence,
  type MeasuredGroup,
} from './group-influence.ts'
export type { MatrixRule } from './matrix-rule.ts'
export type { Optimizer, UpdateArrays, UpdateNodes } from './optimizer.ts'
export { parabolaFactor } from './parabola.ts'
export { learningRateAt, type Schedule, scheduleKinds } from './schedule.ts'
export { softmaxShare } from './softmax-radius.ts'
export { adamw, lion, muon, sgd, signSgd }

const all = [adamw, sgd, signSgd, lion, muon]

/** Every optimiser by its id. */
export const optimizers: ReadonlyMap<string, Optimizer> = new Map(
  all.map((optimizer): [string, Optimizer] => [optimizer.id, optimizer as unknown as Optimizer]),
)
