import { truncatedSvd } from '../../../math/truncated-svd.ts'
import { defineLowRankStart, type StartingFactors } from './low-rank-start.ts'

/** Keeps quotients of importances, and the way back from weighted rows, defined. */
const tiny = 1e-5

/** What decompositions leave until it is collected, as measured: with it a run of the demo took 94 to 100 % of its plan. */
const garbageBytes = 64 * 2 ** 20

/**
 * Factors that begin where a weight matters to the forget set and not to the retain set (FILA).
 *
 * With F and R the diagonals of the Fisher information on the two sets, `I = F/(R + 1e-5)` and `w_i = √(Σ_j I_ij)`, the best
 * rank-r `diag(w)·W ≈ U·S·Vᵀ`; then `A = √(S/s)·Vᵀ` and `B = diag(1/(w + 1e-5))·U·√(S/s)`, s = alpha/rank. The caller takes
 * `s·B·A` off the weight, so that the function of the network is as before.
 *
 * Numerics: in float64, rounded once; a randomised SVD by the seed. Weights that matter to nobody (w = 0) have an adapter
 * of zero.
 * Source: Cha et al. 2024 (LoKU), arXiv:2408.06621; csm9493/efficient-llm-unlearning (272484a).
 */
export function filaFactors(given: StartingFactors): { a: Float32Array; b: Float32Array } {
  const { weight, fisher, outputs, inputs, rank, alpha, isTransposed, seed } = given
  if (!fisher) throw new Error('internal: FILA needs the Fisher information that it asked for')
  const { forget, retain } = fisher
  const at = (o: number, i: number) => (isTransposed ? i * outputs + o : o * inputs + i)
  const rows = Float64Array.from({ length: outputs }, (_, o) => {
    let sum = 0
    for (let i = 0; i < inputs; i++) sum += forget[at(o, i)] / (retain[at(o, i)] + tiny)
    return Math.sqrt(sum)
  })
  const weighted = new Float64Array(outputs * inputs)
  for (let o = 0; o < outputs; o++)
    for (let i = 0; i < inputs; i++) weighted[o * inputs + i] = rows[o] * weight[at(o, i)]
  const { u, values, v } = truncatedSvd(weighted, [outputs, inputs], rank, seed)
  const root = (k: number) => Math.sqrt(((values[k] ?? 0) * rank) / alpha)
  const a = new Float32Array(rank * inputs)
  const b = new Float32Array(outputs * rank)
  for (let k = 0; k < values.length; k++) {
    for (let i = 0; i < inputs; i++) a[k * inputs + i] = root(k) * v[i][k]
    for (let o = 0; o < outputs; o++) b[o * rank + k] = (u[o][k] * root(k)) / (rows[o] + tiny)
  }
  return { a, b }
}

export const fila = defineLowRankStart({
  id: 'fila',
  title: 'Fisher-weighted initialisation (FILA)',
  source: 'Cha et al. 2024 (LoKU), arXiv:2408.06621',
  formula:
    'diag(w)·W ≈ U·S·Vᵀ, w² = rows of F_forget/F_retain; A = √(S/s)·Vᵀ, B = diag(1/w)·U·√(S/s), W ← W − s·B·A',
  summary: 'by what matters to the forget set and not to the retain set',
  fromWeight: {
    needs: { fisher: true },
    // One weighted matrix in float64.
    workBytes: (sizes) => 8 * Math.max(...sizes) + garbageBytes,
    factors: filaFactors,
  },
})
