import type { JsonObject } from '../../checkpoint/json-text.ts'
import { ConfigReader } from '../../model/config-reader.ts'
import { readRotary } from '../../model/rotary/read-rotary.ts'
import { f32 } from '../block-types/floats.ts'
import { decoderConfig } from '../decoder-config.ts'
import { decoderMetadata } from '../decoder-metadata.ts'
import type { WrittenTensor } from '../gguf-bytes.ts'
import { type GgufFile, longRopeTensors } from '../gguf-file.ts'
import type { MetadataReader } from '../metadata.ts'
import { requireOption } from '../requirement.ts'
import { llamaNames } from '../tensor-names.ts'
import { float32, uint32 } from '../typed-values.ts'
import type { GgufArchitecture, WrittenModel } from './gguf-architecture.ts'

const { attn_q: _, attn_k: __, attn_v: ___, ffn_gate: ____, ...inLayer } = llamaNames.inLayer

/**
 * Phi 3, 3.5 and 4, with one matrix for queries, keys and values and one for gate and up. A window ends the context: llama.cpp
 * leaves it out.
 *
 * Source: llama.cpp, conversion/phi.py (`Phi3MiniModel`), src/models/phi3.cpp
 */
export const phi3: GgufArchitecture = {
  id: 'phi3',
  modelTypes: ['phi3'],
  async config(file, metadata) {
    const config = await decoderConfig('phi3', file, metadata)
    const headDim = Number(config.head_dim)
    const turned = metadata.numberOr('phi3.rope.dimension_count', headDim)
    const window = metadata.numberOr('phi3.attention.sliding_window', 0)
    return {
      ...{ model_type: 'phi3', architectures: ['Phi3ForCausalLM'], ...config },
      partial_rotary_factor: turned / headDim,
      sliding_window: window > 0 ? window : null,
      ...(await longRope(file, metadata)),
    }
  },
  metadata(written) {
    const { theta, frequencies, type, scale } = rotaryOf(written)
    const original = Number(
      written.config.original_max_position_embeddings ?? written.model.maxPositions,
    )
    const isKnown = type === 'default' || type === 'longrope'
    requireOption(written, 'rope_scaling', 'default or longrope', isKnown)
    const rotary = { 'phi3.rope.freq_base': float32(theta) }
    return {
      ...decoderMetadata('phi3', written, { epsilon: 1e-5, rotary }),
      ...(type === 'longrope' && { 'phi3.context_length': uint32(longest(written)) }),
      'phi3.rope.dimension_count': uint32(2 * frequencies.length),
      'phi3.rope.scaling.original_context_length': uint32(original),
      ...(type === 'longrope' && { 'phi3.rope.scaling.attn_factor': float32(scale) }),
    }
  },
  extraTensors(written) {
    if (rotaryOf(written).type !== 'longrope') return []
    const section = sectionOf(written.config)
    return Object.entries(longRopeTensors).map(([key, name]): WrittenTensor => {
      const factors = Float32Array.from(section[key] as number[])
      return { name, shape: [factors.length], type: f32, read: async () => factors }
    })
  },
  names: {
    ...llamaNames,
    inLayer: { ...inLayer, attn_qkv: 'self_attn.qkv_proj', ffn_up: 'mlp.gate_up_proj' },
  },
  conversion: () => null,
}

function sectionOf(config: JsonObject): JsonObject {
  return (config.rope_parameters ?? config.rope_scaling ?? {}) as JsonObject
}

function rotaryOf(written: WrittenModel) {
  const { path, config, model } = written
  const share = Number(sectionOf(config).partial_rotary_factor ?? config.partial_rotary_factor ?? 1)
  const sizes = { headDim: Math.floor(model.headDim * share), maxPositions: longest(written) }
  return readRotary(new ConfigReader(config, path), sizes)
}

/** llama.cpp takes longer texts than Lethe, by the other factors. */
function longest({ config, model }: WrittenModel): number {
  const { max_position_embeddings: longest } = config
  return typeof longest === 'number' ? longest : model.maxPositions
}

async function longRope(file: GgufFile, metadata: MetadataReader): Promise<JsonObject> {
  if (!file.tensors.has(longRopeTensors.short_factor)) return {}
  const factors: Record<string, number[]> = {}
  for (const [key, name] of Object.entries(longRopeTensors))
    factors[key] = [...(await file.read(name))]
  const original = metadata.number('phi3.rope.scaling.original_context_length')
  const scale = metadata.numberOr('phi3.rope.scaling.attn_factor', null)
  const ratio = metadata.number('phi3.context_length') / original
  const usual = ratio <= 1 ? 1 : Math.sqrt(1 + Math.log(ratio) / Math.log(original))
  return {
    original_max_position_embeddings: original,
    rope_scaling: {
      ...{ rope_type: 'longrope', ...factors, original_max_position_embeddings: original },
      ...(scale !== null && Math.abs(scale - usual) > 1e-6 && { attention_factor: scale }),
    },
  }
}
