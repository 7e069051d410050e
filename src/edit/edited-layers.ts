import { UserError } from '../error.ts'
import type { LanguageModel } from '../model/model.ts'
import { namePattern } from '../train/name-pattern.ts'

/** A linear layer that writes into the residual stream, and the block it is in. */
export interface EditedLayer {
  readonly layer: number
  /** Without `.weight`. */
  readonly linear: string
}

/**
 * The layers that a pattern of weight names means, lowest first.
 *
 * @throws UserError unless it means one matrix in each of one or more blocks, which adds to the residual stream as it is
 */
export function editedLayers(model: LanguageModel, pattern: string): EditedLayer[] {
  const refuse = (expected: string, got: string): never => {
    throw new UserError({ code: 'wrong-layers', path: 'edit.layers', expected, got })
  }
  const matches = namePattern(pattern, model.layers)
  if (!matches) return refuse('a pattern of weight names', pattern)
  const layers = model.linears
    .filter((linear) => matches(`${linear}.weight`))
    .map((linear) => ({ layer: Number(/\.(\d+)\./.exec(linear)?.[1]), linear }))
    .sort((a, b) => a.layer - b.layer)
  if (layers.length === 0)
    return refuse(`a pattern of weight names such as ${model.linears[0]}.weight`, pattern)
  const names = layers.map(({ linear }) => linear)
  if (new Set(layers.map(({ layer }) => layer)).size < layers.length)
    return refuse('one matrix a layer', names.join(', '))
  const outputs = (linear: string) => {
    const shape = model.parameters.get(`${linear}.weight`) as readonly number[]
    return model.transposed.has(linear) ? shape[1] : shape[0]
  }
  const other = names.find((linear) => outputs(linear) !== model.dim)
  if (other) return refuse('matrices that write into the residual stream', other)
  if (!model.addsPlainly)
    return refuse('a model that neither normalises nor scales what a layer adds', model.modelType)
  return layers
}
