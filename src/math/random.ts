/**
 * Counter-based random numbers: the value is a pure function of (seed, stream, counter), so nothing has to be
 * saved to resume, and draws do not depend on the order in which they are made.
 *
 * Philox4x32-10. Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
 */

/** One Philox4x32-10 block: four uint32 from a 128-bit counter and a 64-bit key. */
export function philox(
  counter: readonly number[],
  key: readonly number[],
): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter
  let [k0, k1] = key
  for (let round = 0; round < 10; round++) {
    const low0 = Math.imul(0xd2511f53, c0)
    const low1 = Math.imul(0xcd9e8d57, c2)
    const high0 = highProduct(0xd2511f53, c0)
    const high1 = highProduct(0xcd9e8d57, c2)
    c0 = high1 ^ c1 ^ k0
    c2 = high0 ^ c3 ^ k1
    c1 = low1
    c3 = low0
    k0 = (k0 + 0x9e3779b9) | 0
    k1 = (k1 + 0xbb67ae85) | 0
  }
  return [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0]
}

/** Upper 32 bits of the 64-bit product of two uint32. */
function highProduct(a: number, b: number): number {
  const aLow = a & 0xffff
  const aHigh = a >>> 16
  const bLow = b & 0xffff
  const bHigh = b >>> 16
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const middle2 = aLow * bHigh + (middle % 65536)
  return (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(middle2 / 65536)) | 0
}

/** Names one independent sequence of numbers, e.g. `['retain-draw', epoch]`. */
export type Stream = readonly (string | number)[]

/** Uniform in [0, 1) with 53 bits. */
export function uniform(seed: number, stream: Stream, counter: number): number {
  const [a, b] = block(seed, stream, counter)
  return ((a >>> 5) * 67108864 + (b >>> 6)) / 9007199254740992
}

/** Standard normal (Box–Muller). */
export function gaussian(seed: number, stream: Stream, counter: number): number {
  const [a, b, c, d] = block(seed, stream, counter)
  const u = ((a >>> 5) * 67108864 + (b >>> 6) + 1) / 9007199254740992
  const v = ((c >>> 5) * 67108864 + (d >>> 6)) / 9007199254740992
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v)
}

/** Uniform integer in [0, size). */
export function integer(seed: number, stream: Stream, counter: number, size: number): number {
  return Math.floor(uniform(seed, stream, counter) * size)
}

/** A seeded permutation of 0 … size − 1 (Fisher–Yates). */
export function permutation(seed: number, stream: Stream, size: number): Int32Array {
  const order = Int32Array.from({ length: size }, (_, i) => i)
  for (let i = size - 1; i > 0; i--) {
    const j = integer(seed, stream, i, i + 1)
    const held = order[i]
    order[i] = order[j]
    order[j] = held
  }
  return order
}

/** `target[i] ± amount` with independent random signs, 128 to a block of random bits. */
export function addSigns(target: Float32Array, amount: number, seed: number, stream: Stream): void {
  for (let start = 0, counter = 0; start < target.length; start += 128, counter++) {
    const words = block(seed, stream, counter)
    const end = Math.min(start + 128, target.length)
    for (let i = start; i < end; i++) {
      const bit = (words[(i - start) >> 5] >>> ((i - start) & 31)) & 1
      target[i] += bit === 1 ? amount : -amount
    }
  }
}

function block(seed: number, stream: Stream, counter: number): [number, number, number, number] {
  const low = counter >>> 0
  const high = Math.floor(counter / 4294967296) >>> 0
  return philox(
    [low, high, hash(stream.join('\u0000')), 0],
    [seed | 0, Math.floor(seed / 4294967296) | 0],
  )
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h >>> 0
}
