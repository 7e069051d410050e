import type { BlockType } from './block-type.ts'
import { halfAt } from './half-at.ts'

/**
 * 6 bits in sixteen groups of 16: `x = (d·sc_j)·(q − 32)`, 256 values. Of each half of the block, value `32k + i` has
 * its low 4 bits in byte `32·(k mod 2) + i`, low half first, and its high 2 bits in byte i at place 2k.
 *
 * Source: ggml, ggml-quants.c (`dequantize_row_q6_K`).
 */
export const q6_k: BlockType = {
  id: 14,
  name: 'Q6_K',
  blockValues: 256,
  blockBytes: 210,
  decode(bytes, values) {
    const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    for (let at = 0, out = 0; out < values.length; at += 210, out += 256) {
      const d = halfAt(bytes, at + 208)
      for (let half = 0; half < 2; half++) {
        const [low, high] = [at + half * 64, at + 128 + half * 32]
        for (let k = 0; k < 4; k++)
          for (let i = 0; i < 32; i++) {
            const four = (bytes[low + (k & 1) * 32 + i] >> (k >> 1 ? 4 : 0)) & 15
            const q = four | (((bytes[high + i] >> (2 * k)) & 3) << 4)
            const scale = Math.fround(d * signed[at + 192 + half * 8 + k * 2 + (i >> 4)])
            values[out + half * 128 + k * 32 + i] = scale * (q - 32)
          }
      }
    }
  },
}
