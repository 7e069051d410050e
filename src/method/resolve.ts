import { UserError } from '../error.ts'
import type { Combiner } from '../parts/combine/combiner.ts'
import { gradientsOf } from '../parts/combine/gradients-of.ts'
import type { Loss } from '../parts/loss/loss.ts'
import { choiceOf, type Role } from './choice.ts'
import type { Method } from './method.ts'
import { type Cost, costOf } from './method-cost.ts'
import { builtInMethods, type MethodRegistry } from './methods.ts'
import { methodProblems } from './problems.ts'
import { type MethodSettings, methodSchemaFor } from './schema.ts'

export type Knobs = Readonly<Record<string, unknown>>

/** A method with its parts chosen and every knob set: what the trainer needs. */
export interface ResolvedMethod {
  readonly method: Method
  readonly forgetLoss: Loss
  readonly forgetKnobs: Knobs
  /** null where the method has no retain loss. */
  readonly retainLoss: Loss | null
  readonly retainKnobs: Knobs
  readonly combiner: Combiner
  readonly combinerKnobs: Knobs
  readonly cost: Cost
  /** The flat settings with every choice and default filled in. */
  readonly settings: MethodSettings
}

/**
 * Chooses the parts of a method and hands each its knobs.
 *
 * @param written the `method` section of a recipe: `{ id: 'blur', forgetLoss: 'npo', beta: 0.1, gamma: 1 }`
 * @param registry the methods and parts that there are
 * @throws UserError with every problem, each with a path such as `method.beta`: unknown method, choice or knob (with
 * the nearest known one), a knob of a part that is not chosen, a value of the wrong kind
 */
export function resolveMethod(
  written: unknown,
  registry: MethodRegistry = builtInMethods,
): ResolvedMethod {
  const result = methodSchemaFor(written, registry).safeParse(written)
  if (!result.success) throw new UserError(methodProblems(written, result.error.issues, registry))
  const settings = result.data
  const method = registry.methods.get(settings.id) as Method
  const chosen = (role: Role) => String(settings[role] ?? choiceOf(method, role)?.default)
  const knobsFor = (part: Loss | Combiner): Knobs => {
    const all: Record<string, unknown> = { ...settings, ...method.fixed }
    if (!part.variants?.includes(String(settings.variant))) delete all.variant
    const own = Object.entries(all).filter(([name]) => name in part.schema.shape)
    return part.schema.parse(Object.fromEntries(own))
  }
  const forgetLoss = method.part('forgetLoss', chosen('forgetLoss'))
  const retainLoss = method.losses.retain && method.part('retainLoss', chosen('retainLoss'))
  const combiner = method.part('combiner', chosen('combiner'))
  const combinerKnobs = knobsFor(combiner)
  return {
    method,
    forgetLoss,
    forgetKnobs: knobsFor(forgetLoss),
    retainLoss,
    retainKnobs: retainLoss ? knobsFor(retainLoss) : {},
    combiner,
    combinerKnobs,
    cost: costOf(forgetLoss, retainLoss, combiner, gradientsOf(combiner, combinerKnobs)),
    settings,
  }
}
