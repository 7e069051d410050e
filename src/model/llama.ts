import { UserError } from '../error.ts'
import {
  add,
  attention,
  cachedAttention,
  embedding,
  gatherRows,
  mul,
  type Node,
  reshape,
  rmsNorm,
  rotary,
  silu,
} from '../graph/index.ts'
import { multiplyDims } from '../graph/shape.ts'
import { gaussian } from '../random.ts'
import { ConfigReader } from './config-reader.ts'
import type { Architecture, LanguageModel, Weights } from './model.ts'
import { readRotaryConfig, rotaryFrequencies, rotaryTables } from './rotary-tables.ts'

const masked = -1e9

/** Llama and Mistral: pre-norm blocks, rotary positions, grouped-query attention, SwiGLU. */
export const llama: Architecture = {
  modelTypes: ['llama', 'mistral'],
  build(config, file) {
    const reader = new ConfigReader(config, file)
    const shape = readShape(reader, config.model_type as string)
    if (reader.problems.length > 0) throw new UserError(reader.problems)
    return buildLlama(shape)
  },
}

type LlamaShape = ReturnType<typeof readShape>

function readShape(reader: ConfigReader, modelType: string) {
  const dim = reader.integer('hidden_size')
  const heads = reader.integer('num_attention_heads')
  const keyValueHeads = reader.integer('num_key_value_heads', heads)
  if (!reader.has('head_dim') && dim % heads !== 0)
    reader.reject('hidden_size', `a multiple of num_attention_heads = ${heads}`, dim)
  if (heads % keyValueHeads !== 0)
    reader.reject(
      'num_key_value_heads',
      `a divisor of num_attention_heads = ${heads}`,
      keyValueHeads,
    )
  const headDim = reader.integer('head_dim', Math.floor(dim / heads))
  if (headDim % 2 !== 0) reader.reject('head_dim', 'an even number', headDim)
  reader.oneOf('hidden_act', ['silu'])
  const slides = modelType === 'mistral' && reader.has('sliding_window')
  return {
    modelType,
    dim,
    heads,
    keyValueHeads,
    headDim,
    vocab: reader.integer('vocab_size'),
    layers: reader.integer('num_hidden_layers'),
    hiddenDim: reader.integer('intermediate_size'),
    maxPositions: reader.integer('max_position_embeddings', 2048),
    epsilon: reader.number('rms_norm_eps', 1e-6),
    tied: reader.flag('tie_word_embeddings', false),
    attentionBias: reader.flag('attention_bias', false),
    mlpBias: reader.flag('mlp_bias', false),
    window: slides ? reader.integer('sliding_window') : null,
    initialRange: reader.number('initializer_range', 0.02),
    rotary: readRotaryConfig(reader),
  }
}

function buildLlama(shape: LlamaShape): LanguageModel {
  const { dim, heads, keyValueHeads, headDim, hiddenDim, layers, epsilon, window } = shape
  const { parameters, linears } = layout(shape)
  const frequencies = rotaryFrequencies(headDim, shape.rotary)
  const options = { heads, keyValueHeads, scale: 1 / Math.sqrt(headDim) }

  const feedForward = (weights: Weights, x: Node, block: string) => {
    const normed = rmsNorm(x, weights.tensor(`${block}.post_attention_layernorm.weight`), epsilon)
    const gate = silu(weights.linear(normed, `${block}.mlp.gate_proj`))
    const up = weights.linear(normed, `${block}.mlp.up_proj`)
    return add(x, weights.linear(mul(gate, up), `${block}.mlp.down_proj`))
  }
  const projections = (weights: Weights, x: Node, block: string, [batch, seq]: Node['shape']) => {
    const normed = rmsNorm(x, weights.tensor(`${block}.input_layernorm.weight`), epsilon)
    const project = (name: string, count: number) =>
      reshape(weights.linear(normed, `${block}.self_attn.${name}`), [batch, seq, count * headDim])
    return {
      query: project('q_proj', heads),
      key: project('k_proj', keyValueHeads),
      value: project('v_proj', keyValueHeads),
    }
  }
  const embed = (weights: Weights, tokens: Node) =>
    embedding(
      weights.tensor('model.embed_tokens.weight'),
      reshape(tokens, [multiplyDims(tokens.shape)]),
    )
  const flat = (x: Node) => reshape(x, [multiplyDims(x.shape.slice(0, 2)), x.shape[2]])
  const finalNorm = (weights: Weights, x: Node) =>
    rmsNorm(x, weights.tensor('model.norm.weight'), epsilon)

  return {
    modelType: shape.modelType,
    vocab: shape.vocab,
    dim,
    layers,
    keyValueHeads,
    headDim,
    maxPositions: shape.maxPositions,
    parameters,
    linears,
    copies: new Map(shape.tied ? [['lm_head.weight', 'model.embed_tokens.weight']] : []),
    headWeight: shape.tied ? 'model.embed_tokens.weight' : 'lm_head.weight',
    hidden(weights, { tokens, mask, cos, sin, rows }) {
      let x = embed(weights, tokens)
      for (let layer = 0; layer < layers; layer++) {
        const block = `model.layers.${layer}`
        const { query, key, value } = projections(weights, x, block, tokens.shape)
        let attended = flat(
          attention(
            rotary(query, cos, sin, heads),
            rotary(key, cos, sin, keyValueHeads),
            value,
            mask,
            options,
          ),
        )
        if (layer === layers - 1) {
          // Past the last attention, positions no longer mix: go on with the wanted ones only.
          attended = gatherRows(attended, rows)
          x = gatherRows(x, rows)
        }
        x = add(x, weights.linear(attended, `${block}.self_attn.o_proj`))
        x = feedForward(weights, x, block)
      }
      return finalNorm(weights, x)
    },
    cachedHidden(weights, { tokens, lengths, total, cos, sin, rows, keys, values }) {
      const newKeys: Node[] = []
      const newValues: Node[] = []
      let x = embed(weights, tokens)
      for (let layer = 0; layer < layers; layer++) {
        const block = `model.layers.${layer}`
        const cached = cachedAttention(
          {
            ...projections(weights, x, block, tokens.shape),
            pastKey: keys[layer],
            pastValue: values[layer],
            lengths,
            total,
            cos,
            sin,
          },
          { ...options, window },
        )
        newKeys.push(cached.key)
        newValues.push(cached.value)
        let attended = flat(cached.attended)
        if (layer === layers - 1) {
          attended = gatherRows(attended, rows)
          x = gatherRows(x, rows)
        }
        x = add(x, weights.linear(attended, `${block}.self_attn.o_proj`))
        x = feedForward(weights, x, block)
      }
      return { hidden: finalNorm(weights, x), keys: newKeys, values: newValues }
    },
    rotaryTables: (positions) => rotaryTables(positions, frequencies),
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
      if (name.endsWith('norm.weight')) return data.fill(1)
      if (name.endsWith('.bias')) return data
      // Layers that write into the residual stream start smaller, so that its variance does not grow with depth.
      const residual = name.endsWith('o_proj.weight') || name.endsWith('down_proj.weight')
      const deviation = shape.initialRange / (residual ? Math.sqrt(2 * layers) : 1)
      return data.map((_, i) => deviation * gaussian(seed, ['initial', name], i))
    },
  }

  function layout(of: LlamaShape) {
    const stored = new Map<string, readonly number[]>()
    const adaptable: string[] = []
    const linear = (name: string, outputs: number, inputs: number, bias: boolean) => {
      stored.set(`${name}.weight`, [outputs, inputs])
      if (bias) stored.set(`${name}.bias`, [outputs])
      adaptable.push(name)
    }
    stored.set('model.embed_tokens.weight', [of.vocab, dim])
    for (let layer = 0; layer < layers; layer++) {
      const block = `model.layers.${layer}`
      linear(`${block}.self_attn.q_proj`, heads * headDim, dim, of.attentionBias)
      linear(`${block}.self_attn.k_proj`, keyValueHeads * headDim, dim, of.attentionBias)
      linear(`${block}.self_attn.v_proj`, keyValueHeads * headDim, dim, of.attentionBias)
      linear(`${block}.self_attn.o_proj`, dim, heads * headDim, of.attentionBias)
      linear(`${block}.mlp.gate_proj`, hiddenDim, dim, of.mlpBias)
      linear(`${block}.mlp.up_proj`, hiddenDim, dim, of.mlpBias)
      linear(`${block}.mlp.down_proj`, dim, hiddenDim, of.mlpBias)
      stored.set(`${block}.input_layernorm.weight`, [dim])
      stored.set(`${block}.post_attention_layernorm.weight`, [dim])
    }
    stored.set('model.norm.weight', [dim])
    if (!of.tied) stored.set('lm_head.weight', [of.vocab, dim])
    return { parameters: stored, linears: adaptable }
  }
}
