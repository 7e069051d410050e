import type { Combiner } from '../parts/combine/combiner.ts'
import { combiners } from '../parts/combine/combiners.ts'
import type { Loss } from '../parts/loss/loss.ts'
import { losses } from '../parts/loss/losses.ts'
import type { MethodDeclaration } from './method.ts'

/** The places of a method that a part fills; also the keys that choose the part in a recipe. */
export const roles = ['forgetLoss', 'retainLoss', 'combiner'] as const

export type Role = (typeof roles)[number]

/** Which parts may fill a role, by id. */
export interface Choice {
  readonly default: string
  readonly choices: readonly string[]
}

/** The choice a method offers for a role; null where it has no such part. */
export function choiceOf(
  method: Pick<MethodDeclaration, 'losses' | 'combiner'>,
  role: Role,
): Choice | null {
  if (role === 'combiner') return method.combiner
  return role === 'forgetLoss' ? method.losses.forget : method.losses.retain
}

export function partOf(role: 'combiner', id: string): Combiner
export function partOf(role: Exclude<Role, 'combiner'>, id: string): Loss
export function partOf(role: Role, id: string): Loss | Combiner
/** The part of that id. */
export function partOf(role: Role, id: string): Loss | Combiner {
  const part = role === 'combiner' ? combiners.get(id) : losses.get(id)
  if (!part) throw new Error(`internal: no ${role} is called ${id}`)
  return part
}

/** A part that a method fixes. */
export function only(id: string): Choice {
  return { default: id, choices: [id] }
}

/** Every loss of one goal, so that a new loss is a choice as soon as it exists. */
export function anyLoss(goal: Loss['goal'], preferred: string): Choice {
  const choices = [...losses.values()].filter((loss) => loss.goal === goal)
  return { default: preferred, choices: choices.map((loss) => loss.id) }
}

/** Every combiner, so that a new one is a choice as soon as it exists. */
export function anyCombiner(preferred: string): Choice {
  return { default: preferred, choices: [...combiners.keys()] }
}
