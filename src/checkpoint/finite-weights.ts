import { UserError } from '../error.ts'
import type { ModelFolder } from './folder-files.ts'

/** The largest magnitude that does not round to ∞, where a type has less range than float32. */
const largest: Readonly<Record<string, number>> = { F16: 65519.99, BF16: 3.3961775292304e38 }

/** Weights that a model cannot work with were to be written. */
export class NonFiniteWeights extends UserError {}

/**
 * A model folder whose changed weights are looked at as they are written; those that are copied as bytes are as they came.
 *
 * `read` of the result @throws NonFiniteWeights naming the tensor
 */
export function withFiniteWeights(model: ModelFolder): ModelFolder {
  const types = new Map(model.tensors.map(({ name, dtype }) => [name, dtype]))
  return {
    ...model,
    read: async (name) => {
      const data = await model.read(name)
      if (!(data instanceof Float32Array)) return data
      const most = largest[types.get(name) ?? ''] ?? Number.MAX_VALUE
      const place = data.findIndex((value) => !(Math.abs(value) <= most))
      if (place < 0) return data
      throw new NonFiniteWeights({
        code: 'non-finite-weights',
        path: name,
        expected: `finite numbers that ${types.get(name)} can hold`,
        got: `${data[place]} at ${place}`,
        hint: 'The model is broken: the learning rate may be too high.',
      })
    },
  }
}
