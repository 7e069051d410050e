import { innerProducts, sumOfSquares } from '../../math/inner-products.ts'

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
  if (retain.length !== forget.length)
    throw new Error(
      `internal: gradients of ${forget.length} forget and ${retain.length} retain elements`,
    )
  return gramOfProducts(innerProducts(forget, retain))
}

/** The Gram matrix of `Σ f·f`, `Σ f·r`, `Σ r·r`, however they were computed. */
export function gramOfProducts(products: readonly [number, number, number]): Gram {
  const [forgetForget, forgetRetain, retainRetain] = products
  return { forgetForget, forgetRetain, retainRetain }
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
  return gradients.reduce((total, gradient) => total + sumOfSquares(gradient), 0)
}
