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
  silu,
} from '../graph/index.ts'
import { multiplyDims } from '../graph/shape.ts'
import { buildDecoder } from './decoder.ts'
import type { GatedShape } from './gated-shape.ts'
import { Layout } from './layout.ts'
import type { LanguageModel, Weights } from './model.ts'
import { rotaryFrequencies } from './rotary-tables.ts'

const activations = { silu, geluTanh }

/**
 * The decoder of Llama and its kin: rotary positions, grouped-query attention, a gated feed-forward
 * `down(activation(gate x) · up x)`, and what `GatedShape` says of norms, biases and scales.
 */
export function buildGatedDecoder(shape: GatedShape): LanguageModel {
  const { dim, headDim, epsilon, norm } = shape
  const isAfter = shape.normPlace === 'after'
  const activate = activations[shape.activation]
  const block = (layer: number) => `model.layers.${layer}`
  const attentionNorm = isAfter ? 'post_attention_layernorm' : 'input_layernorm'
  const feedForwardNorm = isAfter ? 'post_feedforward_layernorm' : 'post_attention_layernorm'

  const ones = constant(new Float32Array(dim).fill(1), [dim])
  const normalise = (weights: Weights, x: Node, name: string) => {
    if (norm === 'plain') return layerNorm(x, ones, null, epsilon)
    const weight = weights.tensor(`${name}.weight`)
    return rmsNorm(x, norm === 'onePlus' ? addScalar(weight, 1) : weight, epsilon)
  }
  const before = (weights: Weights, x: Node, name: string) =>
    isAfter ? x : normalise(weights, x, name)
  const after = (weights: Weights, x: Node, name: string) =>
    isAfter ? normalise(weights, x, name) : x

  /** RMSNorm of a projection, of the whole row or of each head. */
  const normProjection = (weights: Weights, x: Node, name: string) => {
    if (shape.queryKeyNorm === null) return x
    const weight = weights.tensor(`${name}.weight`)
    if (shape.queryKeyNorm === 'projection') return rmsNorm(x, weight, epsilon)
    const perHead = [multiplyDims([x.shape[0], (x.shape[1] as number) / headDim]), headDim]
    return reshape(rmsNorm(reshape(x, perHead), weight, epsilon), x.shape)
  }
  const clipped = (x: Node) => (shape.clip === null ? x : clip(x, shape.clip))

  return buildDecoder({
    ...shape,
    positionWeight: null,
    frequencies: rotaryFrequencies(headDim, shape.rotary),
    layout: gatedLayout(shape, [attentionNorm, feedForwardNorm]),
    embeddingWeight: 'model.embed_tokens.weight',
    head: 'lm_head',
    scaleEmbedding: (x) => (shape.embeddingScale === 1 ? x : scale(x, shape.embeddingScale)),
    attentionInput: (weights, x, layer) => before(weights, x, `${block(layer)}.${attentionNorm}`),
    projections(weights, normed, layer) {
      const self = `${block(layer)}.self_attn`
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
      const between = add(x, after(weights, output, `${name}.${attentionNorm}`))
      const normed = before(weights, between, `${name}.${feedForwardNorm}`)
      const gate = activate(weights.linear(normed, `${name}.mlp.gate_proj`))
      const up = weights.linear(normed, `${name}.mlp.up_proj`)
      const down = weights.linear(mul(gate, up), `${name}.mlp.down_proj`)
      return add(between, after(weights, down, `${name}.${feedForwardNorm}`))
    },
    finalNorm: (weights, x) => normalise(weights, x, 'model.norm'),
  })
}

function gatedLayout(shape: GatedShape, blockNorms: readonly string[]): Layout {
  const { dim, heads, keyValueHeads, headDim, hiddenDim, biases } = shape
  const layout = new Layout()
  const norm = (name: string) => {
    if (shape.norm === 'plain') return
    layout.tensor(`${name}.weight`, [dim], shape.norm === 'onePlus' ? 'zeros' : 'ones')
  }
  layout.tensor('model.embed_tokens.weight', [shape.vocab, dim], 'normal')
  for (let layer = 0; layer < shape.layers; layer++) {
    const block = `model.layers.${layer}`
    const queryDim = heads * headDim
    const keyDim = keyValueHeads * headDim
    const output = { bias: biases.output, residual: true }
    layout.linear(`${block}.self_attn.q_proj`, [queryDim, dim], { bias: biases.projections })
    layout.linear(`${block}.self_attn.k_proj`, [keyDim, dim], { bias: biases.projections })
    layout.linear(`${block}.self_attn.v_proj`, [keyDim, dim], { bias: biases.projections })
    layout.linear(`${block}.self_attn.o_proj`, [dim, queryDim], output)
    if (shape.queryKeyNorm !== null) {
      const isPerHead = shape.queryKeyNorm === 'head'
      layout.tensor(`${block}.self_attn.q_norm.weight`, [isPerHead ? headDim : queryDim], 'ones')
      layout.tensor(`${block}.self_attn.k_norm.weight`, [isPerHead ? headDim : keyDim], 'ones')
    }
    layout.linear(`${block}.mlp.gate_proj`, [hiddenDim, dim], { bias: biases.feedForward })
    layout.linear(`${block}.mlp.up_proj`, [hiddenDim, dim], { bias: biases.feedForward })
    const down = { bias: biases.feedForward, residual: true }
    layout.linear(`${block}.mlp.down_proj`, [dim, hiddenDim], down)
    for (const name of blockNorms) norm(`${block}.${name}`)
  }
  norm('model.norm')
  if (!shape.tied) layout.tensor('lm_head.weight', [shape.vocab, dim], 'normal')
  return layout
}
