import type { GgufArchitecture } from './architecture/gguf-architecture.ts'

const outside: Readonly<Record<string, string>> = {
  token_embd: 'model.embed_tokens',
  output_norm: 'model.norm',
  output: 'lm_head',
}
const inLayer: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
}

/** Hugging Face's name of a GGUF tensor, `model.layers.3.mlp.up_proj.weight` of `blk.3.ffn_up.weight`; null for none. */
export function tensorName(name: string, { names = {} }: GgufArchitecture): string | null {
  const layer = /^blk\.(\d+)\.(\w+)\.(weight|bias)$/.exec(name)
  if (layer) {
    const part = names[layer[2]] ?? inLayer[layer[2]]
    return part === undefined ? null : `model.layers.${layer[1]}.${part}.${layer[3]}`
  }
  const other = /^(\w+)\.(weight|bias)$/.exec(name)
  const part = other && outside[other[1]]
  return part ? `${part}.${other[2]}` : null
}

/**
 * Rows of a query or key matrix from llama.cpp's order into Hugging Face's: `to[h, s, i] = from[h, i, s]`, s ∈ {0, 1} the
 * half of the head, i the frequency.
 *
 * @param values `[heads · headDim, width]`
 */
export function separateHalves(values: Float32Array, heads: number, headDim: number): Float32Array {
  const width = values.length / (heads * headDim)
  const half = headDim / 2
  const out = new Float32Array(values.length)
  for (let h = 0; h < heads; h++)
    for (let i = 0; i < half; i++)
      for (let s = 0; s < 2; s++) {
        const from = (h * headDim + i * 2 + s) * width
        out.set(values.subarray(from, from + width), (h * headDim + s * half + i) * width)
      }
  return out
}
