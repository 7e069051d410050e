import type { CachedAttentionOptions, Node } from '../../../graph/index.ts'
import { halfPadding } from './half-padding.ts'
import { elementTypes, type Lowering } from './lowering.ts'

const rotary: Lowering = (to, node, [x, cos, sin, positions]) => {
  const angle = node.attributes.inverse ? to.emit('Neg', [sin]) : sin
  const first = positions
    ? to.emit('Cast', [positions], { to: { int: elementTypes.i64 } })
    : to.ints([0])
  return to.emit(
    'RotaryEmbedding',
    [x, first, cos, angle],
    { num_heads: { int: node.attributes.heads as number }, interleaved: { int: 0 } },
    'com.microsoft',
  )
}

const cachedAttention: Lowering = (to, node, inputs) => {
  const { heads, keyValueHeads, scale, cap, window } = node.attributes as Node['attributes'] &
    CachedAttentionOptions
  const half = (node.shape[2] as number) / heads / 2
  const padding = halfPadding(to, half)
  const ranks = [3, 3, 3, 4, 4]
  const outputs = to.emitMany(
    3,
    'GroupQueryAttention',
    inputs.map((name, i) => {
      if (i < ranks.length) return padding.widen(name, ranks[i])
      return i < ranks.length + 2 ? name : padding.widenTable(name)
    }),
    {
      num_heads: { int: heads },
      kv_num_heads: { int: keyValueHeads },
      scale: { float: scale },
      ...(cap !== undefined && { softcap: { float: cap } }),
      do_rotary: { int: 1 },
      rotary_interleaved: { int: 0 },
      local_window_size: { int: window ?? -1 },
    },
    'com.microsoft',
  )
  return outputs.map((name, i) => padding.narrow(name, i === 0 ? 3 : 4))
}

export const attention: Readonly<Record<string, Lowering>> = {
  attend: (to, _, [, , value, probability]) => to.emit('MatMul', [probability, value]),
  rotary,
  cachedAttention,
}
