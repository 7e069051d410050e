import type { Gram } from './gram.ts'

/** The direction is `forget · g_f + retain · g_r`. */
export interface Coefficients {
  readonly forget: number
  readonly retain: number
}

/**
 * Norm of a direction without making it: `‖u‖² = a²‖g_f‖² + 2ab⟨g_f, g_r⟩ + b²‖g_r‖²`.
 *
 * Numerics: where the two parts nearly cancel, the result keeps an absolute error of about 1e-8 times the larger
 * part; it is never negative. Not-a-number passes through, so that a guard sees it.
 */
export function directionNorm(gram: Gram, { forget: a, retain: b }: Coefficients): number {
  const squared =
    a * a * gram.forgetForget + 2 * a * b * gram.forgetRetain + b * b * gram.retainRetain
  return Math.sqrt(Math.max(0, squared))
}

/**
 * Writes the direction `u = forget · g_f + retain · g_r` into `direction`.
 *
 * The slow twin of the optimiser programs, which take both gradients and form u on the way.
 *
 * @param forget    f32, one array per trainable tensor
 * @param retain    f32, same lengths
 * @param direction f32, same lengths; may be the arrays of `forget` or of `retain`
 *
 * Numerics: each element is computed in float64 and rounded once.
 */
export function combineGradients(
  forget: readonly Float32Array[],
  retain: readonly Float32Array[],
  coefficients: Coefficients,
  direction: readonly Float32Array[],
): void {
  const { forget: a, retain: b } = coefficients
  direction.forEach((u, tensor) => {
    const f = forget[tensor]
    const r = retain[tensor]
    if (f.length !== u.length || r.length !== u.length)
      throw new Error(
        `internal: direction of ${u.length} from ${f.length} and ${r.length} elements`,
      )
    for (let i = 0; i < u.length; i++) u[i] = a * f[i] + b * r[i]
  })
}
