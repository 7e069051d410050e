import { adamw } from './adamw.ts'
import type { Optimizer } from './optimizer.ts'

export { clipFactor } from './clip.ts'
export type { Optimizer, UpdateArrays, UpdateNodes } from './optimizer.ts'
export { learningRateAt, type Schedule, scheduleKinds } from './schedule.ts'
export { adamw }

/** Every optimiser by its id. */
export const optimizers: ReadonlyMap<string, Optimizer> = new Map(
  [adamw].map((optimizer): [string, Optimizer] => [optimizer.id, optimizer]),
)
