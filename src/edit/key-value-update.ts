import { solvePositive } from '../math/solve-positive.ts'

/** What a linear layer is to answer anew, and what it is to go on answering as before. */
export interface KeyValueProblem {
  /** `[count, inputs]`: what the layer reads where its answer is to change, one or more rows */
  readonly keys: Float32Array
  /** `[count, outputs]`: by how much */
  readonly residuals: Float32Array
  /** `[inputs, inputs]`: `E[k·kᵀ]` of what it reads where its answer is to stay */
  readonly kept: Float64Array
  readonly inputs: number
  /** Weight of what is to stay against what is to change. */
  readonly preserve: number
  /** Weight of a small change, over the mean square of a key's entries. */
  readonly ridge: number
}

/**
 * The change of a linear layer's weights that answers keys anew and disturbs others least, in closed form.
 *
 * `Δ = argmin (1/N)·Σ_i ‖Δk_i − r_i‖² + preserve·E‖Δk‖² + ridge·s·‖Δ‖²`, whose normal equations are
 * `Δ·((1/N)·Σ k_i k_iᵀ + preserve·C + ridge·s·I) = (1/N)·Σ r_i k_iᵀ`; C is `kept`, s the mean square of the entries of
 * the keys, so that no knob has a unit.
 *
 * Numerics: float64, Cholesky.
 * Differs from AlphaEdit, which forbids changes along eigenvectors of C of more than a threshold and pays ‖Δ‖² for the
 * others: here an eigenvector of eigenvalue λ costs `preserve·λ + ridge·s`, the same with the threshold made soft.
 * `preserve → ∞` is the projection on the null space of C.
 *
 * @returns Δ `[outputs, inputs]`
 * Source: Meng et al. 2023 (MEMIT), arXiv:2210.07229, eq. 14; Fang et al. 2025 (AlphaEdit), arXiv:2410.02355.
 */
export function keyValueUpdate(problem: KeyValueProblem): Float64Array<ArrayBuffer> {
  const { keys, residuals, kept, inputs, preserve, ridge } = problem
  const count = keys.length / inputs
  const outputs = residuals.length / count
  const meanSquare = keys.reduce((sum, x) => sum + x * x, 0) / keys.length
  const matrix = kept.map((value) => preserve * value)
  const right = new Float64Array(outputs * inputs)
  for (let item = 0; item < count; item++) {
    const key = keys.subarray(item * inputs, (item + 1) * inputs)
    const residual = residuals.subarray(item * outputs, (item + 1) * outputs)
    addOuter(matrix, key, key, count)
    addOuter(right, residual, key, count)
  }
  for (let i = 0; i < inputs; i++) matrix[i * inputs + i] += ridge * meanSquare
  return solvePositive(matrix, right, inputs)
}

/** `target += a·bᵀ / divisor`. */
function addOuter(target: Float64Array, a: Float32Array, b: Float32Array, divisor: number): void {
  for (let i = 0, at = 0; i < a.length; i++) {
    const factor = a[i] / divisor
    for (let j = 0; j < b.length; j++, at++) target[at] += factor * b[j]
  }
}
