import type { BlockType } from './block-type.ts'
import { kScales } from './k-scales.ts'

/**
 * 4 bits in eight groups of 32: `x = (d·sc_j)·q − dmin·m_j`, 256 values; two groups share 32 bytes, low halves first.
 *
 * Source: ggml, ggml-quants.c (`dequantize_row_q4_K`).
 */
export const q4_k: BlockType = {
  id: 12,
  name: 'Q4_K',
  blockValues: 256,
  blockBytes: 144,
  decode(bytes, values) {
    const [scale, minimum] = [new Float32Array(8), new Float32Array(8)]
    for (let at = 0, out = 0; out < values.length; at += 144, out += 256) {
      kScales(bytes, at, scale, minimum)
      for (let j = 0; j < 8; j++) {
        const quants = at + 16 + (j >> 1) * 32
        const shift = (j & 1) * 4
        for (let i = 0; i < 32; i++)
          values[out + j * 32 + i] =
            Math.fround(scale[j] * ((bytes[quants + i] >> shift) & 15)) - minimum[j]
      }
    }
  },
}
