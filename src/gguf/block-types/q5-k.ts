import type { BlockType } from './block-type.ts'
import { kScales } from './k-scales.ts'

/**
 * As Q4_K with a fifth bit: bit j of byte i of the 32 bytes before the quants is that of value i of group j.
 *
 * Source: ggml, ggml-quants.c (`dequantize_row_q5_K`).
 */
export const q5_k: BlockType = {
  id: 13,
  name: 'Q5_K',
  blockValues: 256,
  blockBytes: 176,
  decode(bytes, values) {
    const [scale, minimum] = [new Float32Array(8), new Float32Array(8)]
    for (let at = 0, out = 0; out < values.length; at += 176, out += 256) {
      kScales(bytes, at, scale, minimum)
      const high = at + 16
      for (let j = 0; j < 8; j++) {
        const quants = at + 48 + (j >> 1) * 32
        const shift = (j & 1) * 4
        for (let i = 0; i < 32; i++) {
          const q = ((bytes[quants + i] >> shift) & 15) | (((bytes[high + i] >> j) & 1) << 4)
          values[out + j * 32 + i] = Math.fround(scale[j] * q) - minimum[j]
        }
      }
    }
  },
}
