import { adamw } from './adamw.ts'
import { lion } from './lion.ts'
import { muon } from './muon.ts'
import type { Optimizer } from './optimizer.ts'
import { sgd } from './sgd.ts'
import { signSgd } from './sign-sgd.ts'

const all = [adamw, sgd, signSgd, lion, muon]

/** Every optimiser by its id. */
export const optimizers: ReadonlyMap<string, Optimizer> = new Map(
  all.map((optimizer): [string, Optimizer] => [optimizer.id, optimizer]),
)
