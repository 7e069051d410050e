import { encodeValues } from '../../checkpoint/dtype.ts'
import type { WrittenBlockType } from './block-type.ts'
import { halfAt } from './half-at.ts'

/**
 * 8 bits: `x = d·q`, 32 values, q from −127 to 127. Written with `d = max|x| / 127`, kept as binary16, and
 * `q = round(x·(1/d))`, by the d that was not yet rounded; halves go away from zero.
 *
 * Source: ggml, ggml-quants.c (`dequantize_row_q8_0`, `quantize_row_q8_0_ref`); gguf, quants.py (`Q8_0`).
 */
export const q8_0: WrittenBlockType = {
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
  encode(values) {
    const blocks = values.length / 32
    const scales = new Float32Array(blocks)
    const bytes = new Uint8Array(blocks * 34)
    const signed = new Int8Array(bytes.buffer)
    for (let block = 0; block < blocks; block++) {
      const from = block * 32
      let largest = 0
      for (let i = from; i < from + 32; i++) largest = Math.max(largest, Math.abs(values[i]))
      scales[block] = largest / 127
      const inverse = scales[block] === 0 ? 0 : Math.fround(1 / scales[block])
      for (let i = 0; i < 32; i++) {
        const scaled = Math.fround(values[from + i] * inverse)
        signed[block * 34 + 2 + i] = Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5)
      }
    }
    const halves = encodeValues(scales, 'F16')
    for (let block = 0; block < blocks; block++)
      bytes.set(halves.subarray(block * 2, block * 2 + 2), block * 34)
    return bytes
  },
}
