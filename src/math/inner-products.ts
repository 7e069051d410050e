/**
 * `Σ a²`, `Σ a·b` and `Σ b²` of two arrays of one length.
 *
 * Numerics: products of two f32 are exact in float64, and sums are float64, of fours and of pieces before the whole, so
 * the order of rounding is not that of a plain loop but always the same.
 */
export function innerProducts(a: Float32Array, b: Float32Array): [number, number, number] {
  const size = a.length
  const sums = new Float64Array(3)
  const whole = size - (size % 4)
  for (let from = 0; from < whole; from += piece)
    addProducts(a, b, from, Math.min(whole, from + piece), sums)
  for (let i = whole; i < size; i++) {
    sums[0] += a[i] * a[i]
    sums[1] += a[i] * b[i]
    sums[2] += b[i] * b[i]
  }
  return [sums[0], sums[1], sums[2]]
}

/**
 * `Σ w·a²`, `Σ w·a·b` and `Σ w·b²`, in float64.
 *
 * @param weights `[n]`, of the length of both
 */
export function weightedProducts(
  a: Float32Array,
  b: Float32Array,
  weights: Float64Array,
): [number, number, number] {
  let [aa, ab, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    const weighted = weights[i] * a[i]
    aa += weighted * a[i]
    ab += weighted * b[i]
    bb += weights[i] * b[i] * b[i]
  }
  return [aa, ab, bb]
}

/** `Σ x²`, in float64, as `innerProducts`. */
export function sumOfSquares(x: Float32Array): number {
  let total = 0
  for (let from = 0; from < x.length; from += piece)
    total += squaresOfPiece(x, from, Math.min(x.length, from + piece))
  return total
}

/**
 * Elements per call of the inner loop. One long loop is compiled while it runs, in V8 with its sums boxed as objects,
 * which makes it 3–7 times slower in half of the processes; many short calls take about 1 ns an element in all.
 */
const piece = 1024

/** Adds a·a, a·b and b·b over a range whose length is a multiple of four. */
function addProducts(
  a: Float32Array,
  b: Float32Array,
  from: number,
  to: number,
  sums: Float64Array,
): void {
  let aa = 0
  let ab = 0
  let bb = 0
  for (let i = from; i < to; i += 4) {
    const a0 = a[i]
    const b0 = b[i]
    const a1 = a[i + 1]
    const b1 = b[i + 1]
    const a2 = a[i + 2]
    const b2 = b[i + 2]
    const a3 = a[i + 3]
    const b3 = b[i + 3]
    aa += a0 * a0 + a1 * a1 + (a2 * a2 + a3 * a3)
    ab += a0 * b0 + a1 * b1 + (a2 * b2 + a3 * b3)
    bb += b0 * b0 + b1 * b1 + (b2 * b2 + b3 * b3)
  }
  sums[0] += aa
  sums[1] += ab
  sums[2] += bb
}

function squaresOfPiece(x: Float32Array, from: number, to: number): number {
  const whole = to - ((to - from) % 4)
  let sum = 0
  for (let i = from; i < whole; i += 4)
    sum += x[i] * x[i] + x[i + 1] * x[i + 1] + (x[i + 2] * x[i + 2] + x[i + 3] * x[i + 3])
  for (let i = whole; i < to; i++) sum += x[i] * x[i]
  return sum
}
