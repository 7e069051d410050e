import type { BlockType } from './block-type.ts'
import { halfAt } from './half-at.ts'

/**
 * 4 bits round zero: `x = d·(q − 8)`, 32 values; values 0–15 in the low halves of the bytes, 16–31 in the high ones.
 *
 * Source: ggml, ggml-quants.c (`dequantize_row_q4_0`).
 */
export const q4_0: BlockType = {
  id: 2,
  name: 'Q4_0',
  blockValues: 32,
  blockBytes: 18,
  decode(bytes, values) {
    for (let at = 0, out = 0; out < values.length; at += 18, out += 32) {
      const d = halfAt(bytes, at)
      for (let i = 0; i < 16; i++) {
        const pair = bytes[at + 2 + i]
        values[out + i] = d * ((pair & 15) - 8)
        values[out + 16 + i] = d * ((pair >> 4) - 8)
      }
    }
  },
}
