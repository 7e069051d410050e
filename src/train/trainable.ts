import type { Tensor } from '../engine/engine.ts'
import { nearest, UserError } from '../error.ts'
import { sizeOf } from '../graph/shape.ts'
import { uniform } from '../math/random.ts'
import type { LanguageModel } from '../model/model.ts'
import { adapterNames, adapterShapes, type LoraOptions, mergeAdapter } from '../model/weights.ts'
import { type FlatLayout, type FlatTensors, flatLayout, flatTensors } from './flat.ts'
import { namePattern } from './name-pattern.ts'

/** What of a model is trained, as a recipe says it. */
export type ParameterChoice =
  | 'all'
  | { readonly pattern: string | readonly string[] }
  | {
      readonly lora: {
        readonly rank: number
        readonly alpha: number | null
        readonly targets: readonly string[]
        /** Read by the run: `fila` needs the data. */
        readonly init?: 'zero' | 'fila'
      }
    }

/** A choice applied to a model: which tensors are trained, and the adapters if there are any. */
export interface TrainableSet {
  readonly shapes: ReadonlyMap<string, readonly number[]>
  readonly layout: FlatLayout
  readonly lora: LoraOptions | null
}

/** @throws UserError where a pattern or a target matches nothing */
export function chooseTrainable(model: LanguageModel, choice: ParameterChoice): TrainableSet {
  if (choice === 'all') return trainableSet(model.parameters, null)
  if ('pattern' in choice) {
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
  const { rank, alpha, targets } = choice.lora
  const matched = model.linears.filter((name) =>
    targets.some((target) => name.endsWith(`.${target}`)),
  )
  const known = [...new Set(model.linears.map((name) => String(name.split('.').at(-1))))]
  const unknown = targets.filter(
    (target) => !model.linears.some((name) => name.endsWith(`.${target}`)),
  )
  if (unknown.length > 0)
    throw new UserError(
      unknown.map((target) => {
        const near = nearest(target, known)
        return {
          code: 'unknown-target',
          path: 'train.parameters.lora.targets',
          expected: `linear layers of the model: ${known.join(', ')}`,
          got: target,
          ...(near ? { hint: `Did you mean "${near}"?` } : {}),
        }
      }),
    )
  const lora = { rank, alpha: alpha ?? 2 * rank, targets: matched }
  return trainableSet(adapterShapes(model, lora), lora)
}

function trainableSet(
  shapes: ReadonlyMap<string, readonly number[]>,
  lora: LoraOptions | null,
): TrainableSet {
  return { shapes, layout: flatLayout(shapes), lora }
}

/** A model's weights in memory: the trained ones together in one array, the frozen ones each in its own. */
export interface WeightStore {
  readonly trainable: TrainableSet
  /** Trained weights or adapter matrices. */
  readonly trained: FlatTensors
  /** Every weight and adapter matrix by name, for feeding programs. */
  readonly tensors: ReadonlyMap<string, Tensor>
  /** A weight as it would be exported: its adapter merged in. */
  exported(name: string): Float32Array
}

/**
 * Loads weights one by one.
 *
 * @param read gives a weight's values; called once per stored tensor
 * @param seed of fresh adapters: A uniform in ±1/√in (PEFT's default), B zero, so that training starts at the model
 */
export async function loadWeights(
  model: LanguageModel,
  trainable: TrainableSet,
  read: (name: string) => Promise<Float32Array>,
  seed: number,
): Promise<WeightStore> {
  const { lora, layout, shapes } = trainable
  const trained = flatTensors(layout)
  const tensors = new Map<string, Tensor>()
  for (const [name, shape] of model.parameters) {
    const view = trained.views.get(name)
    const data = await read(name)
    if (data.length !== sizeOf(shape))
      throw new UserError({
        code: 'shape-mismatch',
        path: name,
        expected: `[${shape.join(', ')}] = ${sizeOf(shape)} numbers, by config.json`,
        got: `${data.length} numbers`,
      })
    view?.set(data)
    tensors.set(name, { data: view ?? data, shape })
  }
  if (lora)
    for (const [name, view] of trained.views) {
      const shape = shapes.get(name) as readonly number[]
      if (name.endsWith('.lora_A.weight')) {
        const bound = 1 / Math.sqrt(shape[1])
        for (let i = 0; i < view.length; i++)
          view[i] = bound * (2 * uniform(seed, ['adapter', name], i) - 1)
      }
      tensors.set(name, { data: view, shape })
    }
  const current = (name: string) => (tensors.get(name) as Tensor).data as Float32Array
  const adapted = new Set(lora?.targets.map((target) => `${target}.weight`))
  return {
    trainable,
    trained,
    tensors,
    exported(name) {
      if (!lora || !adapted.has(name)) return current(name)
      const target = name.slice(0, -'.weight'.length)
      const { a, b } = adapterNames(target)
      const isTransposed = model.transposed.has(target)
      return mergeAdapter(current(name), current(a), current(b), lora, isTransposed)
    },
  }
}
