import { apply, type Node } from '../node.ts'
import type { Op, Value } from '../op.ts'
import { bindDim, type Dim } from '../shape.ts'
import type { AttentionOptions } from './attention.ts'
import { logSoftmaxRow } from './softmax.ts'
import { part } from './source.ts'

export interface CachedAttentionOptions extends AttentionOptions {
  /** A query sees itself and the window − 1 positions before it; null: all before it. */
  window: number | null
}

/**
 * Inputs: query, key, value, pastKey, pastValue, lengths (i32, `[batch]`, last valid position), total (i32, `[1]`,
 * longest sequence), cos, sin. Outputs: attended, key cache, value cache.
 */
const cachedAttentionOp: Op = {
  name: 'cachedAttention',
  carriesState: true,
  infer: ([query]) => query,
  evaluate(node, [query, key, value, pastKey, pastValue, lengths, total, cos, sin], bindings) {
    const { heads, keyValueHeads, scale, cap, window } = node.attributes as Node['attributes'] &
      CachedAttentionOptions
    const [batch, seq, width] = query.shape
    const headDim = width / heads
    const slots = bindDim(node.inputs[3].shape[2], bindings)
    const firstPrompt = seq === total.data[0]
    const keys: Value = { shape: pastKey.shape, data: pastKey.data.slice() }
    const values: Value = { shape: pastValue.shape, data: pastValue.data.slice() }
    const half = headDim / 2
    const turned = (x: Value, row: number, head: number, position: number) => {
      const base = row * x.shape[2] + head * headDim
      return Float64Array.from({ length: headDim }, (_, i) => {
        const angle = position * half + (i % half)
        const other = i < half ? -x.data[base + i + half] : x.data[base + i - half]
        return x.data[base + i] * cos.data[angle] + other * sin.data[angle]
      })
    }
    const data = new Float64Array(query.data.length)
    for (let b = 0; b < batch; b++) {
      const start = firstPrompt ? 0 : lengths.data[b] + 1 - seq
      for (let t = 0; t < seq; t++)
        for (let h = 0; h < keyValueHeads; h++) {
          const at = ((b * keyValueHeads + h) * slots + start + t) * headDim
          keys.data.set(turned(key, b * seq + t, h, start + t), at)
          const from = (b * seq + t) * value.shape[2] + h * headDim
          values.data.set(value.data.subarray(from, from + headDim), at)
        }
      for (let t = 0; t < seq; t++)
        for (let h = 0; h < heads; h++) {
          const q = turned(query, b * seq + t, h, start + t)
          const cacheRow = (b * keyValueHeads + Math.floor((h * keyValueHeads) / heads)) * slots
          const last = start + t
          const first = window === null ? 0 : Math.max(0, last - window + 1)
          const scores = Float64Array.from({ length: last - first + 1 }, (_, j) => {
            let dot = 0
            for (let i = 0; i < headDim; i++)
              dot += q[i] * keys.data[(cacheRow + first + j) * headDim + i]
            return cap === undefined ? scale * dot : cap * Math.tanh((scale * dot) / cap)
          })
          logSoftmaxRow(scores).forEach((logWeight, j) => {
            const weight = Math.exp(logWeight)
            for (let i = 0; i < headDim; i++)
              data[(b * seq + t) * width + h * headDim + i] +=
                weight * values.data[(cacheRow + first + j) * headDim + i]
          })
        }
    }
    return [{ shape: query.shape, data }, keys, values]
  },
}

export interface CachedAttentionInputs {
  /** `[batch, seq, heads*headDim]` f32, before rotary */
  query: Node
  /** `[batch, seq, keyValueHeads*headDim]` f32, before rotary */
  key: Node
  value: Node
  /** `[batch, keyValueHeads, slots, headDim]` f32 */
  pastKey: Node
  pastValue: Node
  /** `[batch]` i32: index of the last valid position of each sequence after this call */
  lengths: Node
  /** `[1]` i32: length of the longest sequence after this call; equal to seq on the first call */
  total: Node
  /** `[positions, headDim/2]` f32 */
  cos: Node
  sin: Node
}

/**
 * Attention for generation: rotary, append to the key/value cache, attend. Not differentiable.
 *
 * The first call takes right-padded prompts at once (seq = total); later calls one token per sequence, written at
 * each sequence's own position. The caches may be updated in place: give the same array as past and present.
 */
export function cachedAttention(
  inputs: CachedAttentionInputs,
  options: CachedAttentionOptions,
): { attended: Node; key: Node; value: Node } {
  const { query, key, value, pastKey, pastValue, lengths, total, cos, sin } = inputs
  const attended = apply(
    cachedAttentionOp,
    [query, key, value, pastKey, pastValue, lengths, total, cos, sin],
    { ...options },
  )
  const cache: readonly Dim[] = pastKey.shape
  return { attended, key: part(attended, 1, cache), value: part(attended, 2, cache) }
}
