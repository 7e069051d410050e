import { halfAt } from './half-at.ts'

/**
 * Scales and minima of the eight groups of a Q4_K or Q5_K block: 6 bits each, packed into 12 bytes after the two
 * binary16 factors of the block.
 *
 * @param scale, minimum  `[8]` float32, filled in: `d·sc_j` and `dmin·m_j`
 * Source: ggml, ggml-quants.c (`get_scale_min_k4`).
 */
export function kScales(
  bytes: Uint8Array,
  at: number,
  scale: Float32Array,
  minimum: Float32Array,
): void {
  const [d, dmin] = [halfAt(bytes, at), halfAt(bytes, at + 2)]
  const packed = at + 4
  for (let j = 0; j < 8; j++) {
    const low = bytes[packed + (j < 4 ? j : j + 4)]
    const sc = j < 4 ? low & 63 : (low & 15) | ((bytes[packed + j - 4] >> 6) << 4)
    const m = j < 4 ? bytes[packed + j + 4] & 63 : (low >> 4) | ((bytes[packed + j] >> 6) << 4)
    scale[j] = d * sc
    minimum[j] = dmin * m
  }
}
