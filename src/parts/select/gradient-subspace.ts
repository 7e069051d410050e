import { z } from 'zod'
import { symmetricEigen } from '../../math/eigen.ts'
import { integer } from '../../math/random.ts'
import { defineExampleSelector } from './selector.ts'

const schema = z.strictObject({
  share: z
    .number()
    .gt(0)
    .lte(1)
    .default(0.25)
    .describe('share of the examples that are chosen, those most at risk'),
  probes: z
    .int()
    .positive()
    .default(32)
    .describe(
      'examples of the other set whose gradients span the subspace; each is kept in memory',
    ),
  energy: z
    .number()
    .gt(0)
    .lte(1)
    .default(0.95)
    .describe('share of the squared gradients that the subspace must hold'),
})

/**
 * The retain examples that unlearning will hurt: those whose gradients lie along the forget set's.
 *
 * With G the gradients of `probes` forget examples, `[probes, size]`, and `G·Gᵀ = U·S²·Uᵀ`, the subspace is spanned by the
 * first k columns of `Gᵀ·U·S⁻¹`, k as few as hold `energy` of ΣS². An example's score is `max_j |cos(z_i, v_j)|`, z_i its
 * gradient in the subspace and v_j the forget examples there (rows of U·S). The `share` of highest score takes part.
 *
 * Cost: one gradient per example, `probes` gradients in memory.
 * Differs from the paper, which chooses training data like a validation set after a LoRA warm-up over several checkpoints:
 * here the validation set is the forget set, at the starting model, and the sign does not matter, because either way
 * unlearning moves the example.
 */
export const gradientSubspace = defineExampleSelector({
  id: 'gradient-subspace',
  title: 'Retain examples at risk (GIST)',
  source: 'GIST 2026, arXiv:2602.18584; GuanghuiMin/GIST gist/matching_gist.py',
  formula:
    'the share of examples with the highest max_j |cos(z_i, v_j)| in the subspace of the other set’s gradients',
  schema,
  needsOther: true,
  async weigh({ count, otherCount, gradients, seed }, { share, probes, energy }) {
    const rows: Float32Array[] = []
    for (const place of drawPlaces(Math.min(probes, otherCount), otherCount, seed))
      rows.push(Float32Array.from(await gradients.example('other', place)))
    const { values, vectors } = symmetricEigen(rows.map((a) => rows.map((b) => dot(a, b))))
    const kept = componentsFor(values, energy)
    const scale = kept.map((k) => Math.sqrt(values[k]))
    // v_j in the subspace: the rows of U·S.
    const anchors = rows.map((_, j) => kept.map((k, i) => vectors[j][k] * scale[i]))
    const scores: number[] = []
    for (let place = 0; place < count; place++) {
      const own = await gradients.example('own', place)
      const inner = rows.map((row) => dot(row, own))
      const z = kept.map(
        (k, i) => inner.reduce((sum, x, j) => sum + x * vectors[j][k], 0) / scale[i],
      )
      scores.push(Math.max(0, ...anchors.map((anchor) => Math.abs(cosine(z, anchor)))))
    }
    const chosen = Math.max(1, Math.round(share * count))
    const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b)
    const weights = new Float32Array(count)
    for (const place of order.slice(0, chosen)) weights[place] = 1
    return weights
  },
})

/** As many different places, in order. */
function drawPlaces(count: number, size: number, seed: number): number[] {
  const places = Array.from({ length: size }, (_, i) => i)
  for (let i = 0; i < count; i++) {
    const j = i + integer(seed, ['gradient-subspace'], i, size - i)
    ;[places[i], places[j]] = [places[j], places[i]]
  }
  return places.slice(0, count).sort((a, b) => a - b)
}

/** Indices of the largest eigenvalues that hold a share of their sum; those that are nothing but rounding never count. */
function componentsFor(values: readonly number[], energy: number): number[] {
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0)
  const kept: number[] = []
  let held = 0
  for (const [k, value] of values.entries()) {
    if (held >= energy * total || value <= 1e-10 * values[0]) break
    kept.push(k)
    held += value
  }
  return kept
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const norms = Math.sqrt(dot(a, a) * dot(b, b))
  return norms > 0 ? dot(a, b) / norms : 0
}
