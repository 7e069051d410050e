import {
  add,
  attention,
  cachedAttention,
  embedding,
  gatherRows,
  type Node,
  reshape,
  rotary,
} from '../graph/index.ts'
import { multiplyDims } from '../graph/shape.ts'
import { gaussian } from '../math/random.ts'
import type { Layout } from './layout.ts'
import type { LanguageModel, SequenceInputs, Weights } from './model.ts'
import { rotaryTables } from './rotary-tables.ts'

/** What is added to the score of a key that may not be seen. */
export const masked = -1e9

/** What the block of one layer works on; all `[rows, …]`. */
export interface BlockInputs {
  /** The residual stream before the block. */
  x: Node
  /** What the projections read, from `attentionInput`. */
  normed: Node
  /** The heads' results side by side. */
  attended: Node
}

/** What the embedding reads. */
type Embedded = Record<'tokens' | 'positions', Node>

/** What sets one decoder-only family apart: its sizes, its stored tensors, and its layers around the attention. */
export interface Decoder {
  modelType: string
  vocab: number
  dim: number
  layers: number
  heads: number
  /** Divides `heads`. */
  keyValueHeads: number
  headDim: number
  maxPositions: number
  /** Learned positions, one row each, added to the embedding; null: none. */
  positionWeight: string | null
  /** A token sees itself and the window − 1 before it; null: all before it. */
  window: number | null
  /** Rotary frequencies, headDim / 2; 0 where nothing turns. */
  frequencies: readonly number[]
  initialRange: number
  layout: Layout
  embeddingWeight: string
  /** Name of the head's linear layer, without `.weight`. */
  head: string
  /** Whether the head is the embedding. */
  tied: boolean
  /** From the rows of the embedding to the residual stream. */
  scaleEmbedding?(x: Node): Node
  attentionInput(weights: Weights, x: Node, layer: number): Node
  /** `[rows, heads*headDim]` and twice `[rows, keyValueHeads*headDim]`, before rotary. */
  projections(
    weights: Weights,
    normed: Node,
    layer: number,
  ): Readonly<Record<'query' | 'key' | 'value', Node>>
  /** From the attended values to the residual stream after the block. */
  finish(weights: Weights, inputs: BlockInputs, layer: number): Node
  finalNorm(weights: Weights, x: Node): Node
}

/** The graphs of a decoder for whole sequences and for generation. */
export function buildDecoder(decoder: Decoder): LanguageModel {
  const { modelType, vocab, dim, layers, heads, keyValueHeads, headDim, window, layout } = decoder
  const { parameters, linears } = layout
  const options = { heads, keyValueHeads, scale: 1 / Math.sqrt(headDim) }
  const headBias = parameters.has(`${decoder.head}.bias`) ? `${decoder.head}.bias` : null
  const headWeight = decoder.tied ? decoder.embeddingWeight : `${decoder.head}.weight`

  const lookUp = (weights: Weights, name: string, indices: Node) =>
    embedding(weights.tensor(name), reshape(indices, [multiplyDims(indices.shape)]))
  const embed = (weights: Weights, { tokens, positions }: Embedded) => {
    const rows = lookUp(weights, decoder.embeddingWeight, tokens)
    if (decoder.positionWeight) return add(rows, lookUp(weights, decoder.positionWeight, positions))
    return decoder.scaleEmbedding?.(rows) ?? rows
  }
  const flat = (x: Node) => reshape(x, [multiplyDims(x.shape.slice(0, 2)), x.shape[2]])
  type Attend = (projected: Record<'query' | 'key' | 'value', Node>, layer: number) => Node

  /** The residual stream after so many layers, at the wanted rows. */
  const stream = (
    weights: Weights,
    inputs: Embedded & Pick<SequenceInputs, 'rows' | 'intervene'>,
    attend: Attend,
    depth = layers,
  ) => {
    const [batch, seq] = inputs.tokens.shape
    const changed = (rows: Node, at: number) => inputs.intervene?.(rows, at) ?? rows
    let x = changed(embed(weights, inputs), 0)
    for (let layer = 0; layer < depth; layer++) {
      let normed = decoder.attentionInput(weights, x, layer)
      const { query, key, value } = decoder.projections(weights, normed, layer)
      const sequences = (rows: Node) => reshape(rows, [batch, seq, rows.shape[1]])
      let attended = flat(
        attend({ query: sequences(query), key: sequences(key), value: sequences(value) }, layer),
      )
      if (layer === depth - 1) {
        // Past the last attention, positions no longer mix: go on with the wanted ones only.
        attended = gatherRows(attended, inputs.rows)
        normed = gatherRows(normed, inputs.rows)
        x = gatherRows(x, inputs.rows)
      }
      x = decoder.finish(weights, { x, normed, attended }, layer)
      if (layer < depth - 1) x = changed(x, layer + 1)
    }
    return x
  }
  const pass = (
    weights: Weights,
    inputs: Embedded & Pick<SequenceInputs, 'rows' | 'intervene' | 'interveneLast'>,
    attend: Attend,
  ) => {
    const x = stream(weights, inputs, attend)
    return decoder.finalNorm(weights, inputs.interveneLast?.(x) ?? x)
  }
  const attendAll =
    ({ mask, cos, sin }: Pick<SequenceInputs, 'mask' | 'cos' | 'sin'>): Attend =>
    ({ query, key, value }) =>
      attention(
        rotary(query, cos, sin, heads),
        rotary(key, cos, sin, keyValueHeads),
        value,
        mask,
        options,
      )

  return {
    modelType,
    vocab,
    dim,
    layers,
    keyValueHeads,
    headDim,
    maxPositions: decoder.maxPositions,
    positionLimit: decoder.positionWeight ? decoder.maxPositions : null,
    parameters,
    linears,
    transposed: layout.transposed,
    copies: new Map(decoder.tied ? [[`${decoder.head}.weight`, decoder.embeddingWeight]] : []),
    embeddingWeight: decoder.embeddingWeight,
    headWeight,
    headBias,
    hidden: (weights, inputs) => pass(weights, inputs, attendAll(inputs)),
    treeHidden: (weights, { mask, cos, sin, ...inputs }) =>
      pass(weights, inputs, ({ query, key, value }) =>
        attention(
          rotary(query, cos, sin, heads, inputs.positions),
          rotary(key, cos, sin, keyValueHeads, inputs.positions),
          value,
          mask,
          options,
        ),
      ),
    activations: (weights, inputs, layer) => stream(weights, inputs, attendAll(inputs), layer + 1),
    cachedHidden(weights, { lengths, total, cos, sin, keys, values, ...inputs }) {
      const newKeys: Node[] = []
      const newValues: Node[] = []
      const hidden = pass(weights, inputs, (projected, layer) => {
        const past = { pastKey: keys[layer], pastValue: values[layer] }
        const cached = cachedAttention(
          { ...projected, ...past, lengths, total, cos, sin },
          { ...options, window },
        )
        newKeys.push(cached.key)
        newValues.push(cached.value)
        return cached.attended
      })
      return { hidden, keys: newKeys, values: newValues }
    },
    rotaryTables: (positions) => rotaryTables(positions, decoder.frequencies),
    mask(seq) {
      const mask = new Float32Array(seq * seq)
      for (let i = 0; i < seq; i++)
        for (let j = 0; j < seq; j++)
          if (j > i || (window !== null && j <= i - window)) mask[i * seq + j] = masked
      return mask
    },
    initialValue(name, seed) {
      const lengths = parameters.get(name) as readonly number[]
      const data = new Float32Array(lengths.reduce((product, length) => product * length, 1))
      const initial = layout.initial.get(name)
      if (initial === 'ones') return data.fill(1)
      if (initial === 'zeros') return data
      // Layers that write into the residual stream start smaller, so that its variance does not grow with depth.
      const deviation = decoder.initialRange / (initial === 'residual' ? Math.sqrt(2 * layers) : 1)
      return data.map((_, i) => deviation * gaussian(seed, ['initial', name], i))
    },
  }
}
