import { UserError } from '../error.ts'
import { totalSize } from '../graph/shape.ts'
import type { Adapter } from '../model/adapter/adapter.ts'
import { adapters } from '../model/adapter/adapters.ts'
import type { LanguageModel } from '../model/model.ts'
import { type FlatLayout, flatLayout } from './flat.ts'
import { namePattern } from './name-pattern.ts'

/** The parameters that are trained, as a recipe names them: all weights, what suits the size of the model, those of a pattern, or a family of adapters with its knobs. */
export type ParameterChoice =
  | 'all'
  | 'auto'
  | { readonly pattern: string | readonly string[] }
  | {
      readonly pattern?: undefined
      readonly [family: string]: Readonly<Record<string, unknown>> | undefined
    }

/** A choice applied to a model: which tensors are trained, and the adapter if there is one. */
export interface TrainableSet {
  readonly shapes: ReadonlyMap<string, readonly number[]>
  readonly layout: FlatLayout
  readonly adapter: Adapter | null
}

/** Up to so many parameters all are trained where the choice is left open: a small model has no room for a change of low rank. */
const smallModel = 64e6

/** @throws UserError where a pattern or a knob names what the model has not */
export function chooseTrainable(model: LanguageModel, choice: ParameterChoice): TrainableSet {
  if (choice === 'auto') {
    const isSmall = totalSize(model.parameters.values()) <= smallModel
    return chooseTrainable(model, isSmall ? 'all' : { lora: { rank: 16 } })
  }
  if (choice === 'all') return trainableSet(model.parameters, null)
  if (choice.pattern !== undefined) {
    const patterns = [choice.pattern].flat().map((pattern) => ({
      pattern,
      matches: namePattern(pattern, model.layers) ?? (() => false),
    }))
    const shapes = new Map(
      [...model.parameters].filter(([name]) => patterns.some(({ matches }) => matches(name))),
    )
    const names = [...model.parameters.keys()]
    const unmatched = patterns.filter(({ matches }) => !names.some(matches))
    if (unmatched.length > 0)
      throw new UserError(
        unmatched.map(({ pattern }) => ({
          code: 'pattern-without-match',
          path: 'train.parameters.pattern',
          expected: `a pattern of weight names such as ${names[1]}`,
          got: pattern,
        })),
      )
    return trainableSet(shapes, null)
  }
  const [[id, knobs]] = Object.entries(choice)
  const family = adapters.get(id)
  if (!family) throw new Error(`internal: no adapters are called ${id}`)
  const adapter = family.place(model, family.schema.parse(knobs))
  return trainableSet(adapter.shapes, adapter)
}

/** Names of the model's own weights that a run changes in memory: not those that an adapter only stands beside. */
export function changedWeights({ adapter, shapes }: TrainableSet): readonly string[] {
  if (!adapter) return [...shapes.keys()]
  return adapter.start ? adapter.weights : []
}

function trainableSet(
  shapes: ReadonlyMap<string, readonly number[]>,
  adapter: Adapter | null,
): TrainableSet {
  return { shapes, layout: flatLayout(shapes), adapter }
}
