import type { BlockType } from './block-type.ts'
import { halfAt } from './half-at.ts'

/**
 * 8 bits: `x = d·q`, 32 values, q from −128 to 127.
 *
 * Source: ggml, ggml-quants.c (`dequantize_row_q8_0`).
 */
export const q8_0: BlockType = {
  id: 8,
  name: 'Q8_0',
  blockValues: 32,
  blockBytes: 34,
  decode(bytes, values) {
    const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    for (let at = 0, out = 0; out < values.length; at += 34, out += 32) {
      const d = halfAt(bytes, at)
      for (let i = 0; i < 32; i++) values[out + i] = d * signed[at + 2 + i]
    }
  },
}
