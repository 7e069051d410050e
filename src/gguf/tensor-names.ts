/** What a family's tensors are called: GGUF's part → Hugging Face's, without `.weight` and `.bias`. */
export interface TensorNames {
  readonly outside: Readonly<Record<string, string>>
  /** Before the number of a layer: `model.layers`. */
  readonly layers: string
  readonly inLayer: Readonly<Record<string, string>>
}

/** The names of Llama and its kin. */
export const llamaNames: TensorNames = {
  outside: { token_embd: 'model.embed_tokens', output_norm: 'model.norm', output: 'lm_head' },
  layers: 'model.layers',
  inLayer: {
    attn_norm: 'input_layernorm',
    attn_q: 'self_attn.q_proj',
    attn_k: 'self_attn.k_proj',
    attn_v: 'self_attn.v_proj',
    attn_output: 'self_attn.o_proj',
    ffn_norm: 'post_attention_layernorm',
    ffn_gate: 'mlp.gate_proj',
    ffn_up: 'mlp.up_proj',
    ffn_down: 'mlp.down_proj',
  },
}

/** Hugging Face's name of a GGUF tensor, `model.layers.3.mlp.up_proj.weight` of `blk.3.ffn_up.weight`; null for none. */
export function tensorName(name: string, { outside, layers, inLayer }: TensorNames): string | null {
  const [, layer, part, end] = /^(?:blk\.(\d+)\.)?(\w+)\.(weight|bias)$/.exec(name) ?? []
  const own = (layer === undefined ? outside : inLayer)[part]
  if (own === undefined) return null
  return `${layer === undefined ? '' : `${layers}.${layer}.`}${own}.${end}`
}

/** GGUF's name of a Hugging Face tensor; null for none. */
export function ggufName(name: string, { outside, layers, inLayer }: TensorNames): string | null {
  const [, base, end] = /^(.+)\.(weight|bias)$/.exec(name) ?? []
  if (base === undefined) return null
  const partOf = (names: Readonly<Record<string, string>>, own: string) =>
    Object.keys(names).find((part) => names[part] === own)
  const [layer, own] = base.startsWith(`${layers}.`)
    ? (/^(\d+)\.(.+)$/.exec(base.slice(layers.length + 1))?.slice(1) ?? [])
    : [undefined, base]
  const part = own && partOf(layer === undefined ? outside : inLayer, own)
  if (!part) return null
  return `${layer === undefined ? '' : `blk.${layer}.`}${part}.${end}`
}
