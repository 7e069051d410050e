import type { BlockType } from './block-type.ts'
import { halfAt } from './half-at.ts'

/**
 * 4 bits above a minimum: `x = d·q + m`, 32 values, laid out as Q4_0.
 *
 * Source: ggml, ggml-quants.c (`dequantize_row_q4_1`).
 */
export const q4_1: BlockType = {
  id: 3,
  name: 'Q4_1',
  blockValues: 32,
  blockBytes: 20,
  decode(bytes, values) {
    for (let at = 0, out = 0; out < values.length; at += 20, out += 32) {
      const [d, m] = [halfAt(bytes, at), halfAt(bytes, at + 2)]
      for (let i = 0; i < 16; i++) {
        const pair = bytes[at + 4 + i]
        values[out + i] = Math.fround(d * (pair & 15)) + m
        values[out + 16 + i] = Math.fround(d * (pair >> 4)) + m
      }
    }
  },
}
