import type { LanguageModel } from '../model/model.ts'
import type { TrainableSet } from './trainable-set.ts'

/** The place of a matrix in the flat array of trained weights. */
export interface MatrixPlace {
  readonly start: number
  /** `[rows, columns]` as stored. */
  readonly shape: readonly [number, number]
}

/**
 * The trained tensors that an optimiser of matrices takes whole, in their order: weights of linear layers inside the
 * blocks, and the matrices of an adapter; not embeddings, head, norms or biases.
 */
export function hiddenMatrices(
  { linears }: LanguageModel,
  { layout, adapter }: TrainableSet,
): MatrixPlace[] {
  const hidden = new Set(linears.map((name) => `${name}.weight`))
  return [...layout.tensors].flatMap(([name, { start, shape }]) =>
    (adapter ? shape.length === 2 : hidden.has(name))
      ? [{ start, shape: [shape[0], shape[1]] as const }]
      : [],
  )
}
