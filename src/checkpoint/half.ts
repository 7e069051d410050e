/**
 * 16-bit floats ↔ float32, on bit patterns: no value passes through a JavaScript number, so that NaN payloads survive
 * and a tensor that is read and written back unchanged has the same bytes. Narrowing rounds to nearest, ties to even;
 * what is too large becomes ±∞; a NaN stays a NaN with the top of its payload. Hosts are little-endian, as the files are.
 *
 * Differs from PyTorch: `.to(torch.bfloat16)` makes every NaN 0x7fc0.
 * Source: IEEE 754-2019 §3.6 (binary16); bfloat16 is the upper half of binary32.
 */

/** bfloat16 `source` [n] → float32 `target` [n]. Exact. */
export function bf16ToF32(source: Uint16Array, target: Float32Array): void {
  const bits = new Uint32Array(target.buffer, target.byteOffset, target.length)
  for (let i = 0; i < source.length; i++) bits[i] = source[i] << 16
}

/** float32 `source` [n] → bfloat16 `target` [n], round to nearest even. */
export function f32ToBf16(source: Float32Array, target: Uint16Array): void {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length)
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i]
    if ((x & 0x7fffffff) > 0x7f800000) {
      const upper = x >>> 16
      target[i] = (upper & 0x7f) === 0 ? upper | 0x40 : upper
    } else {
      target[i] = (x + 0x7fff + ((x >>> 16) & 1)) >>> 16
    }
  }
}

/** Rounds float32 numbers to bfloat16's, in place: what they would be, had they been stored as bfloat16. */
export function roundToBf16(numbers: Float32Array): void {
  // By pieces, so that no second array of their size is needed.
  const piece = 65536
  const narrow = new Uint16Array(Math.min(piece, numbers.length))
  for (let start = 0; start < numbers.length; start += piece) {
    const part = numbers.subarray(start, start + piece)
    f32ToBf16(part, narrow)
    bf16ToF32(narrow.subarray(0, part.length), part)
  }
}

/** binary16 `source` [n] → float32 `target` [n]. Exact. */
export function f16ToF32(source: Uint16Array, target: Float32Array): void {
  widened ??= Uint32Array.from({ length: 65536 }, (_, x) => widen(x))
  const bits = new Uint32Array(target.buffer, target.byteOffset, target.length)
  for (let i = 0; i < source.length; i++) bits[i] = widened[source[i]]
}

let widened: Uint32Array | undefined

function widen(x: number): number {
  const sign = (x & 0x8000) << 16
  const exponent = (x >>> 10) & 0x1f
  const fraction = x & 0x3ff
  if (exponent === 0x1f) return (sign | 0x7f800000 | (fraction << 13)) >>> 0
  if (exponent !== 0) return (sign | ((exponent + 112) << 23) | (fraction << 13)) >>> 0
  if (fraction === 0) return sign >>> 0
  // Subnormal in binary16, normal in binary32: shift the leading one out of the fraction.
  const shift = Math.clz32(fraction) - 21
  return (sign | ((113 - shift) << 23) | (((fraction << shift) & 0x3ff) << 13)) >>> 0
}

/** float32 `source` [n] → binary16 `target` [n], round to nearest even. */
export function f32ToF16(source: Float32Array, target: Uint16Array): void {
  const bits = new Uint32Array(source.buffer, source.byteOffset, source.length)
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i]
    const sign = (x >>> 16) & 0x8000
    const magnitude = x & 0x7fffffff
    if (magnitude > 0x7f800000) {
      const fraction = (magnitude >>> 13) & 0x3ff
      target[i] = sign | 0x7c00 | (fraction === 0 ? 0x200 : fraction)
    } else if (magnitude >= 0x38800000) {
      // Rebias the exponent by 112; a carry out of the fraction moves on to the next exponent, and at the end to ∞.
      const rounded = (magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13
      target[i] = sign | Math.min(rounded, 0x7c00)
    } else {
      target[i] = sign | subnormal(magnitude)
    }
  }
}

/** Bits of binary16 for a float32 magnitude below 2⁻¹⁴, in units of 2⁻²⁴. */
function subnormal(magnitude: number): number {
  const exponent = magnitude >>> 23
  const shift = 126 - exponent
  if (shift > 24) return 0
  const fraction = (magnitude & 0x7fffff) | 0x800000
  const down = fraction >>> shift
  const rest = fraction & ((1 << shift) - 1)
  const half = 1 << (shift - 1)
  return rest > half || (rest === half && (down & 1) === 1) ? down + 1 : down
}
