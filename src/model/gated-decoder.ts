import {
  add,
  addScalar,
  clip,
  constant,
  geluTanh,
  layerNorm,
  mul,
  type Node,
  reshape,
  rmsNorm,
  scale,
  selectBlocks,
  silu,
} from '../graph/index.ts'
import { multiplyDims } from '../graph/shape.ts'
import { buildDecoder } from './decoder.ts'
import type { GatedShape } from './gated-shape.ts'
import { Layout } from './layout.ts'
import type { LanguageModel, Weights } from './model.ts'
import { turnableHeads } from './rotary/partial.ts'

const activations = { silu, geluTanh }

/** What the norms of a block are called where they stand; null: there is none. */
interface NormNames {
  readonly beforeAttention: string | null
  readonly afterAttention: string | null
  readonly beforeFeedForward: string | null
  readonly afterFeedForward: string | null
}

const normNames: Readonly<Record<GatedShape['normPlace'], NormNames>> = {
  before: {
    beforeAttention: 'input_layernorm',
    afterAttention: null,
    beforeFeedForward: 'post_attention_layernorm',
    afterFeedForward: null,
  },
  after: {
    beforeAttention: null,
    afterAttention: 'post_attention_layernorm',
    beforeFeedForward: null,
    afterFeedForward: 'post_feedforward_layernorm',
  },
  both: {
    beforeAttention: 'input_layernorm',
    afterAttention: 'post_attention_layernorm',
    beforeFeedForward: 'pre_feedforward_layernorm',
    afterFeedForward: 'post_feedforward_layernorm',
  },
}

/**
 * The decoder of Llama and its kin: rotary positions, grouped-query attention, a gated feed-forward
 * `down(activation(gate x) · up x)`, and what `GatedShape` says of norms, biases and scales.
 */
export function buildGatedDecoder(shape: GatedShape): LanguageModel {
  const { dim, heads, keyValueHeads, headDim, hiddenDim, epsilon, norm, fused } = shape
  const names = normNames[shape.normPlace]
  const activate = activations[shape.activation]
  const block = (layer: number) => `model.layers.${layer}`
  const scaled = (x: Node, factor: number) => (factor === 1 ? x : scale(x, factor))

  const normWeight = (weights: Weights, name: string) => {
    const weight = weights.tensor(`${name}.weight`)
    return norm === 'onePlus' ? addScalar(weight, 1) : weight
  }
  const ones = constant(new Float32Array(dim).fill(1), [dim])
  const normalise = (weights: Weights, x: Node, name: string) => {
    if (norm === 'plain') return layerNorm(x, ones, null, epsilon)
    return rmsNorm(x, normWeight(weights, name), epsilon)
  }
  /** A norm where the family has one there. */
  const around = (weights: Weights, x: Node, layer: number, name: string | null) =>
    name === null ? x : normalise(weights, x, `${block(layer)}.${name}`)
  const added = (x: Node, y: Node) => add(x, scaled(y, shape.residualScale))

  /** RMSNorm of a projection, of the whole row or of each head. */
  const normProjection = (weights: Weights, x: Node, name: string) => {
    if (shape.queryKeyNorm === null) return x
    const weight = normWeight(weights, name)
    if (shape.queryKeyNorm === 'projection') return rmsNorm(x, weight, epsilon)
    const perHead = [multiplyDims([x.shape[0], (x.shape[1] as number) / headDim]), headDim]
    return reshape(rmsNorm(reshape(x, perHead), weight, epsilon), x.shape)
  }
  const clipped = (x: Node) => (shape.clip === null ? x : clip(x, shape.clip))
  const gateAndUp = (weights: Weights, x: Node, mlp: string) => {
    if (!fused) return [weights.linear(x, `${mlp}.gate_proj`), weights.linear(x, `${mlp}.up_proj`)]
    const both = weights.linear(x, `${mlp}.gate_up_proj`)
    return [selectBlocks(both, [0], hiddenDim), selectBlocks(both, [1], hiddenDim)]
  }

  return buildDecoder({
    ...shape,
    positionWeight: null,
    addsPlainly: !names.afterAttention && shape.residualScale === 1,
    layout: gatedLayout(shape),
    embeddingWeight: 'model.embed_tokens.weight',
    head: 'lm_head',
    scaleEmbedding: (x) => scaled(x, shape.embeddingScale),
    attentionInput: (weights, x, layer) => around(weights, x, layer, names.beforeAttention),
    projections(weights, normed, layer) {
      const self = `${block(layer)}.self_attn`
      if (fused) {
        const all = weights.linear(normed, `${self}.qkv_proj`)
        const values = Array.from({ length: keyValueHeads }, (_, i) => heads + keyValueHeads + i)
        return {
          query: turnableHeads(all, fused, { count: heads, first: 0 }),
          key: turnableHeads(all, fused, { count: keyValueHeads, first: heads }),
          value: selectBlocks(all, values, headDim),
        }
      }
      const project = (name: string) => clipped(weights.linear(normed, `${self}.${name}_proj`))
      return {
        query: normProjection(weights, project('q'), `${self}.q_norm`),
        key: normProjection(weights, project('k'), `${self}.k_norm`),
        value: project('v'),
      }
    },
    finish(weights, { x, attended }, layer) {
      const name = block(layer)
      const output = weights.linear(attended, `${name}.self_attn.o_proj`)
      const between = added(x, around(weights, output, layer, names.afterAttention))
      const normed = around(weights, between, layer, names.beforeFeedForward)
      const [gate, up] = gateAndUp(weights, normed, `${name}.mlp`)
      const down = weights.linear(mul(activate(gate), up), `${name}.mlp.down_proj`)
      return added(between, around(weights, down, layer, names.afterFeedForward))
    },
    finalNorm: (weights, x) => scaled(normalise(weights, x, 'model.norm'), shape.headScale),
  })
}

function gatedLayout(shape: GatedShape): Layout {
  const { dim, heads, keyValueHeads, headDim, hiddenDim, biases } = shape
  const layout = new Layout()
  const norm = (name: string, size: number) => {
    if (shape.norm === 'plain') return
    layout.tensor(`${name}.weight`, [size], shape.norm === 'onePlus' ? 'zeros' : 'ones')
  }
  layout.tensor('model.embed_tokens.weight', [shape.vocab, dim], 'normal')
  for (let layer = 0; layer < shape.layers; layer++) {
    const block = `model.layers.${layer}`
    const queryDim = heads * headDim
    const keyDim = keyValueHeads * headDim
    const output = { bias: biases.output, residual: true }
    if (shape.fused)
      layout.linear(`${block}.self_attn.qkv_proj`, [queryDim + 2 * keyDim, dim], {
        bias: biases.projections,
      })
    else {
      layout.linear(`${block}.self_attn.q_proj`, [queryDim, dim], { bias: biases.projections })
      layout.linear(`${block}.self_attn.k_proj`, [keyDim, dim], { bias: biases.projections })
      layout.linear(`${block}.self_attn.v_proj`, [keyDim, dim], { bias: biases.projections })
    }
    layout.linear(`${block}.self_attn.o_proj`, [dim, queryDim], output)
    if (shape.queryKeyNorm !== null) {
      const isPerHead = shape.queryKeyNorm === 'head'
      norm(`${block}.self_attn.q_norm`, isPerHead ? headDim : queryDim)
      norm(`${block}.self_attn.k_norm`, isPerHead ? headDim : keyDim)
    }
    const feedForward = { bias: biases.feedForward }
    if (shape.fused) layout.linear(`${block}.mlp.gate_up_proj`, [2 * hiddenDim, dim], feedForward)
    else {
      layout.linear(`${block}.mlp.gate_proj`, [hiddenDim, dim], feedForward)
      layout.linear(`${block}.mlp.up_proj`, [hiddenDim, dim], feedForward)
    }
    const down = { ...feedForward, residual: true }
    layout.linear(`${block}.mlp.down_proj`, [dim, hiddenDim], down)
    for (const name of Object.values(normNames[shape.normPlace]))
      if (name !== null) norm(`${block}.${name}`, dim)
  }
  norm('model.norm', dim)
  if (!shape.tied) layout.tensor('lm_head.weight', [shape.vocab, dim], 'normal')
  return layout
}
