import {
  add,
  attention,
  cachedAttention,
  constant,
  embedding,
  gatherRows,
  mul,
  type Node,
  reshape,
  rotary,
  transpose,
} from '../graph/index.ts'
import { multiplyDims } from '../graph/shape.ts'
import { gaussian } from '../math/random.ts'
import type { LayerAttention } from './layer-attention.ts'
import type { Layout } from './layout.ts'
import type { LanguageModel, SequenceInputs, Weights } from './model.ts'
import { rotaryTables } from './rotary/tables.ts'

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
  /** One a layer. */
  attention: readonly LayerAttention[]
  /** What scores are multiplied with, usually 1 / √headDim. */
  attentionScale: number
  /** Scores are kept within ± this; null: they are not. */
  attentionCap: number | null
  /** One a position, which its queries are multiplied with; null: 1. */
  queryFactors: Float32Array | null
  logitCap: number | null
  addsPlainly: boolean
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
  const { modelType, vocab, dim, layers, heads, keyValueHeads, headDim, layout } = decoder
  const { parameters, linears } = layout
  const cap = decoder.attentionCap
  const options = {
    heads,
    keyValueHeads,
    scale: decoder.attentionScale,
    ...(cap !== null && { cap }),
  }
  const windows = [...new Set(decoder.attention.map(({ window }) => window))]
  const rotaries = [...new Set(decoder.attention.map(({ rotary }) => rotary))]
  /** Which mask and which tables a layer takes. */
  const kindOf = (layer: number) => {
    const { window, rotary } = decoder.attention[layer]
    return { window: windows.indexOf(window), rotary: rotaries.indexOf(rotary) }
  }
  const ends = [
    ...(decoder.positionWeight || decoder.queryFactors ? [decoder.maxPositions] : []),
    ...rotaries.flatMap(({ limit }) => limit ?? []),
  ]
  const headBias = parameters.has(`${decoder.head}.bias`) ? `${decoder.head}.bias` : null
  const headWeight = decoder.tied ? decoder.embeddingWeight : `${decoder.head}.weight`

  const lookUp = (weights: Weights, name: string, indices: Node) =>
    embedding(weights.tensor(name), reshape(indices, [multiplyDims(indices.shape)]))
  const embed = (weights: Weights, { tokens, positions }: Embedded) => {
    const rows = lookUp(weights, decoder.embeddingWeight, tokens)
    if (decoder.positionWeight) return add(rows, lookUp(weights, decoder.positionWeight, positions))
    return decoder.scaleEmbedding?.(rows) ?? rows
  }
  /** `[rows, 1]`. */
  const queryFactors = (positions: Node) =>
    decoder.queryFactors &&
    embedding(
      constant(decoder.queryFactors, [decoder.queryFactors.length, 1]),
      reshape(positions, [multiplyDims(positions.shape)]),
    )
  const byHead = (x: Node) =>
    transpose(reshape(x, [...x.shape.slice(0, 2), keyValueHeads, headDim]), [0, 2, 1, 3])
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
    const factors = queryFactors(inputs.positions)
    let x = changed(embed(weights, inputs), 0)
    for (let layer = 0; layer < depth; layer++) {
      let normed = decoder.attentionInput(weights, x, layer)
      const { query, key, value } = decoder.projections(weights, normed, layer)
      const sequences = (rows: Node) => reshape(rows, [batch, seq, rows.shape[1]])
      let attended = flat(
        attend(
          {
            query: sequences(factors ? mul(query, factors) : query),
            key: sequences(key),
            value: sequences(value),
          },
          layer,
        ),
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
  /** `seen`: called with each layer's keys, turned, and values. */
  const attendAll =
    (
      { masks, tables }: Pick<SequenceInputs, 'masks' | 'tables'>,
      positions?: Node,
      seen?: (key: Node, value: Node) => void,
    ): Attend =>
    ({ query, key, value }, layer) => {
      const kind = kindOf(layer)
      const { cos, sin } = tables[kind.rotary]
      const turned = rotary(key, cos, sin, keyValueHeads, positions)
      seen?.(turned, value)
      return attention(
        rotary(query, cos, sin, heads, positions),
        turned,
        value,
        masks[kind.window],
        options,
      )
    }

  return {
    modelType,
    vocab,
    dim,
    layers,
    keyValueHeads,
    headDim,
    maxPositions: Math.min(decoder.maxPositions, ...ends),
    positionLimit: ends.length > 0 ? Math.min(...ends) : null,
    windows,
    rotaries,
    parameters,
    linears,
    transposed: layout.transposed,
    copies: new Map(decoder.tied ? [[`${decoder.head}.weight`, decoder.embeddingWeight]] : []),
    embeddingWeight: decoder.embeddingWeight,
    headWeight,
    headBias,
    logitCap: decoder.logitCap,
    addsPlainly: decoder.addsPlainly,
    hidden: (weights, inputs) => pass(weights, inputs, attendAll(inputs)),
    treeStates(weights, inputs) {
      const keys: Node[] = []
      const values: Node[] = []
      const attend = attendAll(inputs, inputs.positions, (key, value) => {
        keys.push(byHead(key))
        values.push(byHead(value))
      })
      return { hidden: pass(weights, inputs, attend), keys, values }
    },
    activations: (weights, inputs, layer) => stream(weights, inputs, attendAll(inputs), layer + 1),
    cachedHidden(weights, { lengths, total, tables, keys, values, ...inputs }) {
      const newKeys: Node[] = []
      const newValues: Node[] = []
      const hidden = pass(weights, inputs, (projected, layer) => {
        const past = { pastKey: keys[layer], pastValue: values[layer] }
        const { window, rotary } = kindOf(layer)
        const cached = cachedAttention(
          { ...projected, ...past, lengths, total, ...tables[rotary] },
          { ...options, window: windows[window] },
        )
        newKeys.push(cached.key)
        newValues.push(cached.value)
        return cached.attended
      })
      return { hidden, keys: newKeys, values: newValues }
    },
    rotaryTables: (positions, rotary = 0) => rotaryTables(positions, rotaries[rotary]),
    mask(seq, place = 0) {
      const window = windows[place]
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
