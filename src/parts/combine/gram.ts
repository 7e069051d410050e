/** Inner products of the two group gradients, over all trainable tensors together. */
export interface Gram {
  /** ‖g_f‖² */
  readonly forgetForget: number
  /** ⟨g_f, g_r⟩ */
  readonly forgetRetain: number
  /** ‖g_r‖² */
  readonly retainRetain: number
}

/** The Gram matrix of no tensors: where a sum over tensors starts. */
export const zeroGram: Gram = { forgetForget: 0, forgetRetain: 0, retainRetain: 0 }

/**
 * The Gram matrix of two gradients.
 *
 * `forgetForget = Σ f·f`, `forgetRetain = Σ f·r`, `retainRetain = Σ r·r`, each one number over every element of
 * every tensor: not per layer, not per tensor. It is a plain sum, so parts may be taken apart (`addGrams`).
 *
 * @param forget one f32 array per trainable tensor, complete (all micro-batches), same order as `retain`
 * @param retain the same lengths
 * @throws Error (internal) where the lists differ in number or lengths
 *
 * Numerics: products of two f32 are exact in float64, and sums are float64, of fours and of pieces before the whole, so
 * the order of rounding is not that of a plain loop but always the same.
 */
export function gramOf(forget: readonly Float32Array[], retain: readonly Float32Array[]): Gram {
  if (forget.length !== retain.length)
    throw new Error(
      `internal: gradients of ${forget.length} forget and ${retain.length} retain tensors`,
    )
  return forget.reduce(
    (total, tensor, i) => addGrams(total, gramOfPair(tensor, retain[i])),
    zeroGram,
  )
}

/** The part of the Gram matrix that one tensor contributes; see `gramOf`. */
export function gramOfPair(forget: Float32Array, retain: Float32Array): Gram {
  const size = forget.length
  if (retain.length !== size)
    throw new Error(`internal: gradients of ${size} forget and ${retain.length} retain elements`)
  const sums = new Float64Array(3)
  const whole = size - (size % 4)
  for (let from = 0; from < whole; from += piece)
    addProducts(forget, retain, from, Math.min(whole, from + piece), sums)
  for (let i = whole; i < size; i++) {
    sums[0] += forget[i] * forget[i]
    sums[1] += forget[i] * retain[i]
    sums[2] += retain[i] * retain[i]
  }
  return { forgetForget: sums[0], forgetRetain: sums[1], retainRetain: sums[2] }
}

/**
 * Elements per call of the inner loop. One long loop is compiled while it runs, in V8 with its sums boxed as objects,
 * which makes it 3–7 times slower in half of the processes; many short calls take about 1 ns an element in all.
 */
const piece = 1024

/** Adds f·f, f·r and r·r over a range whose length is a multiple of four. */
function addProducts(
  forget: Float32Array,
  retain: Float32Array,
  from: number,
  to: number,
  sums: Float64Array,
): void {
  let ff = 0
  let fr = 0
  let rr = 0
  for (let i = from; i < to; i += 4) {
    const f0 = forget[i]
    const r0 = retain[i]
    const f1 = forget[i + 1]
    const r1 = retain[i + 1]
    const f2 = forget[i + 2]
    const r2 = retain[i + 2]
    const f3 = forget[i + 3]
    const r3 = retain[i + 3]
    ff += f0 * f0 + f1 * f1 + (f2 * f2 + f3 * f3)
    fr += f0 * r0 + f1 * r1 + (f2 * r2 + f3 * r3)
    rr += r0 * r0 + r1 * r1 + (r2 * r2 + r3 * r3)
  }
  sums[0] += ff
  sums[1] += fr
  sums[2] += rr
}

/** Sum of two Gram matrices over disjoint sets of tensors. */
export function addGrams(a: Gram, b: Gram): Gram {
  return {
    forgetForget: a.forgetForget + b.forgetForget,
    forgetRetain: a.forgetRetain + b.forgetRetain,
    retainRetain: a.retainRetain + b.retainRetain,
  }
}

/** `⟨g_f, g_r⟩ / (‖g_f‖·‖g_r‖)` in [−1, 1]; 0 where either gradient is zero. */
export function gradientCosine(gram: Gram): number {
  const scale = Math.sqrt(gram.forgetForget) * Math.sqrt(gram.retainRetain)
  return scale === 0 ? 0 : Math.max(-1, Math.min(1, gram.forgetRetain / scale))
}

/**
 * `Σ g²` over all tensors, in float64: the squared norm for clipping where there is only one gradient.
 *
 * @param gradients f32 arrays, one per trainable tensor
 */
export function squaredNorm(gradients: readonly Float32Array[]): number {
  let total = 0
  for (const gradient of gradients)
    for (let from = 0; from < gradient.length; from += piece)
      total += sumOfSquares(gradient, from, Math.min(gradient.length, from + piece))
  return total
}

function sumOfSquares(x: Float32Array, from: number, to: number): number {
  const whole = to - ((to - from) % 4)
  let sum = 0
  for (let i = from; i < whole; i += 4)
    sum += x[i] * x[i] + x[i + 1] * x[i + 1] + (x[i + 2] * x[i + 2] + x[i + 3] * x[i + 3])
  for (let i = whole; i < to; i++) sum += x[i] * x[i]
  return sum
}
