import type { Combiner } from '../parts/combine/combiner.ts'
import type { Loss } from '../parts/loss/loss.ts'

/** The places of a method that a part fills; also the keys that choose the part in a recipe. */
export const roles = ['forgetLoss', 'retainLoss', 'combiner'] as const

export type Role = (typeof roles)[number]

/** Which parts may fill a role, by id. */
export interface Choice {
  readonly default: string
  readonly choices: readonly string[]
}

/** A choice as it is declared: `any` is every part that fits, so that a new one is a choice as soon as it exists. */
export interface DeclaredChoice {
  readonly default: string
  readonly choices: readonly string[] | 'any'
}

/** The choice a method offers for a role; null where it has no such part. */
export function choiceOf<C>(
  method: {
    readonly losses: { readonly forget: C; readonly retain: C | null }
    readonly combiner: C
  },
  role: Role,
): C | null {
  if (role === 'combiner') return method.combiner
  return role === 'forgetLoss' ? method.losses.forget : method.losses.retain
}

/** A part that a method fixes. */
export function only(id: string): DeclaredChoice {
  return { default: id, choices: [id] }
}

/** Every part that fits the role: losses of its goal, or combiners. */
export function anyPart(preferred: string): DeclaredChoice {
  return { default: preferred, choices: 'any' }
}

/** Losses and combiners by their ids. */
export interface MethodParts {
  readonly losses: ReadonlyMap<string, Loss>
  readonly combiners: ReadonlyMap<string, Combiner>
}

export interface PartOf {
  (role: 'combiner', id: string): Combiner
  (role: Exclude<Role, 'combiner'>, id: string): Loss
  (role: Role, id: string): Loss | Combiner
}

/** Finds parts by role and id. */
export function partFinder({ losses, combiners }: MethodParts): PartOf {
  const find = (role: Role, id: string) => {
    const part = role === 'combiner' ? combiners.get(id) : losses.get(id)
    if (!part) throw new Error(`internal: no ${role} is called ${id}`)
    return part
  }
  return find as PartOf
}

/** The choice as ids. */
export function closeChoice(
  { default: preferred, choices }: DeclaredChoice,
  role: Role,
  { losses, combiners }: MethodParts,
): Choice {
  if (choices !== 'any') return { default: preferred, choices }
  const goal = role === 'forgetLoss' ? 'forget' : 'retain'
  const fitting =
    role === 'combiner'
      ? [...combiners.keys()]
      : [...losses.values()].filter((loss) => loss.goal === goal).map((loss) => loss.id)
  return { default: preferred, choices: fitting }
}
