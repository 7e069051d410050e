import { add, gelu, geluTanh, layerNorm, type Node, selectBlocks } from '../graph/index.ts'
import { buildDecoder } from './decoder.ts'
import { alike } from './layer-attention.ts'
import { Layout } from './layout.ts'
import type { LanguageModel, Weights } from './model.ts'
import { partialRotary, turnableHeads } from './rotary/partial.ts'
import type { Rotary } from './rotary/rotary.ts'

/** Activations by their names in config.json. */
export const geluActivations = { gelu, gelu_new: geluTanh, gelu_pytorch_tanh: geluTanh }

/** A decoder with LayerNorm and a feed-forward `down(gelu(up x))`, and the names of its tensors. */
export interface PlainShape {
  modelType: string
  vocab: number
  dim: number
  layers: number
  heads: number
  keyValueHeads: number
  headDim: number
  hiddenDim: number
  maxPositions: number
  initialRange: number
  epsilon: number
  activation: keyof typeof geluActivations
  tied: boolean
  headBias: boolean
  attentionBias: boolean
  /** Attention and feed-forward read the same stream and are added together. */
  isParallel: boolean
  /** Weights of linear layers are stored `[in, out]`. */
  transposed: boolean
  /** Of the components of a head that turn. */
  rotary: Rotary
  names: {
    embedding: string
    /** Before the number of a layer. */
    layers: string
    attentionNorm: string
    /** null: the feed-forward reads what the attention reads. */
    feedForwardNorm: string | null
    /** Learned positions, where the family has them. */
    positions: string | null
    /** One layer each, or one for all three: query, key and value of each head side by side, or all queries first. */
    projections:
      | { query: string; key: string; value: string }
      | { fused: string; by: 'head' | 'kind' }
    output: string
    up: string
    down: string
    finalNorm: string
    head: string
  }
}

/** The decoder of Phi, GPT-NeoX and GPT-2. */
export function buildPlainDecoder(shape: PlainShape): LanguageModel {
  const { names, heads, headDim, epsilon } = shape
  const partial = partialRotary(headDim, shape.rotary)
  const activate = geluActivations[shape.activation]
  const block = (layer: number) => `${names.layers}.${layer}`
  const norm = (weights: Weights, x: Node, name: string) =>
    layerNorm(x, weights.tensor(`${name}.weight`), weights.tensor(`${name}.bias`), epsilon)
  const attentionInput = (weights: Weights, x: Node, layer: number) =>
    norm(weights, x, `${block(layer)}.${names.attentionNorm}`)

  const projections = (weights: Weights, normed: Node, layer: number) => {
    const project = (name: string) => weights.linear(normed, `${block(layer)}.${name}`)
    const given = names.projections
    if ('fused' in given) {
      const all = project(given.fused)
      const [kindStep, headStep] = given.by === 'head' ? [1, 3] : [heads, 1]
      const values = Array.from({ length: heads }, (_, head) => 2 * kindStep + head * headStep)
      return {
        query: turnableHeads(all, partial, { count: heads, first: 0, stride: headStep }),
        key: turnableHeads(all, partial, { count: heads, first: kindStep, stride: headStep }),
        value: selectBlocks(all, values, headDim),
      }
    }
    const turnable = (name: string, count: number) =>
      turnableHeads(project(name), partial, { count, first: 0 })
    return {
      query: turnable(given.query, heads),
      key: turnable(given.key, shape.keyValueHeads),
      value: project(given.value),
    }
  }

  return buildDecoder({
    ...shape,
    attention: alike(shape.layers, null, partial.rotary),
    attentionScale: 1 / Math.sqrt(headDim),
    attentionCap: null,
    logitCap: null,
    queryFactors: null,
    addsPlainly: true,
    positionWeight: names.positions,
    layout: plainLayout(shape),
    embeddingWeight: `${names.embedding}.weight`,
    head: names.head,
    attentionInput,
    projections,
    finish(weights, { x, normed, attended }, layer) {
      const output = weights.linear(attended, `${block(layer)}.${names.output}`)
      const between = add(x, output)
      const source = shape.isParallel ? x : between
      const read = names.feedForwardNorm
        ? norm(weights, source, `${block(layer)}.${names.feedForwardNorm}`)
        : normed
      const up = activate(weights.linear(read, `${block(layer)}.${names.up}`))
      return add(between, weights.linear(up, `${block(layer)}.${names.down}`))
    },
    finalNorm: (weights, x) => norm(weights, x, names.finalNorm),
  })
}

function plainLayout(shape: PlainShape): Layout {
  const { names, dim, hiddenDim, attentionBias } = shape
  const queryDim = shape.heads * shape.headDim
  const keyDim = shape.keyValueHeads * shape.headDim
  const { transposed } = shape
  const bias = { bias: attentionBias, transposed }
  const layout = new Layout()
  layout.tensor(`${names.embedding}.weight`, [shape.vocab, dim], 'normal')
  if (names.positions) layout.tensor(names.positions, [shape.maxPositions, dim], 'normal')
  for (let layer = 0; layer < shape.layers; layer++) {
    const block = `${names.layers}.${layer}`
    const given = names.projections
    if ('fused' in given) layout.linear(`${block}.${given.fused}`, [3 * queryDim, dim], bias)
    else {
      layout.linear(`${block}.${given.query}`, [queryDim, dim], bias)
      layout.linear(`${block}.${given.key}`, [keyDim, dim], bias)
      layout.linear(`${block}.${given.value}`, [keyDim, dim], bias)
    }
    layout.linear(`${block}.${names.output}`, [dim, queryDim], { ...bias, residual: true })
    layout.linear(`${block}.${names.up}`, [hiddenDim, dim], { bias: true, transposed })
    const down = { bias: true, residual: true, transposed }
    layout.linear(`${block}.${names.down}`, [dim, hiddenDim], down)
    layout.layerNorm(`${block}.${names.attentionNorm}`, dim)
    if (names.feedForwardNorm) layout.layerNorm(`${block}.${names.feedForwardNorm}`, dim)
  }
  layout.layerNorm(names.finalNorm, dim)
  if (!shape.tied) layout.tensor(`${names.head}.weight`, [shape.vocab, dim], 'normal')
  if (shape.headBias) layout.tensor(`${names.head}.bias`, [shape.vocab], 'zeros')
  return layout
}
