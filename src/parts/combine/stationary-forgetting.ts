import { z } from 'zod'
import { defineCombiner } from './combiner.ts'
import { gradientCosine, gramOf, squaredNorm } from './gram.ts'
import type { DisplacedGradients } from './refinement.ts'

const schema = z.strictObject({
  innerSteps: z
    .number()
    .int()
    .min(0)
    .default(5)
    .describe('forgetting steps before each step that serves retention'),
  alignmentWeight: z
    .number()
    .min(0)
    .default(0.1)
    .describe('pull of the forget gradient towards the retain gradient (beta in the paper)'),
  stationarityWeight: z
    .number()
    .min(0)
    .default(0.01)
    .describe('weight of the squared inner gradient in the k-th retention step, times k'),
  probe: z
    .number()
    .positive()
    .default(3e-4)
    .describe('length of the shifts for second derivatives, as a share of ‖θ‖'),
})

interface Pair {
  readonly forget: Float32Array
  readonly retain: Float32Array
}

/**
 * OFMU's two levels: steps down a forget objective that agrees with retention, then one step that keeps it stationary.
 *
 * Ψ is minimised (the paper maximises −Ψ, with the gradient of the loss to be raised). The step on u of the second kind, its
 * k-th time, is down the gradient of `L_r + ρ‖∇Ψ‖²`. The refined forget gradient is ∇Ψ, then ∇²Ψ∇Ψ, also in reports.
 *
 * Numerics: second derivatives are central differences over shifts of `probe·‖θ‖`, in `∇cos = H_f·p + H_r·q`
 * (p, q: change of each gradient that turns it to the other) and again along ∇Ψ. Gradients are f32: shifts of 3e-4
 * and 5e-4 agree on a tiny model to 0.1 % in ∇Ψ and to 2 % in ∇²Ψ∇Ψ; with 1e-3 it is 0.6 % and 10 %. Where a
 * gradient is zero the cosine counts as constant; not-a-number passes through.
 * Costs 6 backward passes in an inner step, 18 in the other, and nine arrays: meant for adapters.
 *
 * Differs from the paper: one learning rate and the optimiser serve both kinds of step; `stationarityWeight·k`, the
 * defaults of `alignmentWeight` and `probe` are our choices, as only "ρ increases" and 5 to 10 inner steps are known.
 * Read as summarised in notes on it; no code was found.
 */
export const stationaryForgetting = defineCombiner({
  id: 'stationary-forgetting',
  title: 'Penalised stationarity (OFMU)',
  source: 'Asif & Mohammadi Amiri 2025, arXiv:2509.22483',
  formula:
    'u = ∇Ψ innerSteps times, then g_r + 2ρ·∇²Ψ∇Ψ; Ψ = L_f − alignmentWeight·cos(g_f, g_r), ρ = stationarityWeight·k',
  schema,
  gradients: 'separate',
  init: () => ({ inner: 0, outer: 0 }),
  coefficients(_, { innerSteps, stationarityWeight }, { inner, outer }) {
    if (inner < innerSteps) return { forget: 1, retain: 0, state: { inner: inner + 1, outer } }
    const k = outer + 1
    return { forget: 2 * stationarityWeight * k, retain: 1, state: { inner: 0, outer: k } }
  },
  refinement: {
    backwardPasses: 16,
    gradientBuffers: 9,
    async apply(gradients, displaced, knobs, state) {
      const v = displaced.buffer(2)
      await innerGradient(gradients, null, displaced, knobs, v)
      if (state.inner < knobs.innerSteps) gradients.forget.set(v)
      else await curvatureAlong(v, displaced, knobs, gradients.forget)
      return state
    },
  },
})

type Knobs = z.infer<typeof schema>

/** ∇Ψ at θ + `at`, given both gradients there. */
async function innerGradient(
  { forget, retain }: Pair,
  at: Float32Array | null,
  displaced: DisplacedGradients,
  { alignmentWeight, probe }: Knobs,
  out: Float32Array,
): Promise<void> {
  out.set(forget)
  const gram = gramOf([forget], [retain])
  const product = Math.sqrt(gram.forgetForget) * Math.sqrt(gram.retainRetain)
  if (alignmentWeight === 0 || product === 0) return
  const cosine = gradientCosine(gram)
  const turn = displaced.buffer(0)
  const shifted = displaced.buffer(1)
  const sides = [
    ['forget', forget, retain, gram.forgetForget],
    ['retain', retain, forget, gram.retainRetain],
  ] as const
  for (const [group, own, other, squared] of sides) {
    for (let i = 0; i < turn.length; i++) turn[i] = other[i] / product - (cosine / squared) * own[i]
    const length = Math.sqrt(squaredNorm([turn]))
    if (length === 0) continue
    const shift = (probe * displaced.weightNorm) / length
    for (const sign of [1, -1]) {
      for (let i = 0; i < turn.length; i++) shifted[i] = (at ? at[i] : 0) + sign * shift * turn[i]
      const { gradient } = await displaced.gradientAt(group, shifted)
      addScaled(out, gradient, (-alignmentWeight * sign) / (2 * shift))
    }
  }
}

/** `∇²Ψ·v`. */
async function curvatureAlong(
  v: Float32Array,
  displaced: DisplacedGradients,
  knobs: Knobs,
  out: Float32Array,
): Promise<void> {
  out.fill(0)
  const length = Math.sqrt(squaredNorm([v]))
  if (length === 0) return
  const shift = (knobs.probe * displaced.weightNorm) / length
  const [at, forget, retain, there] = [3, 4, 5, 6].map(displaced.buffer)
  for (const sign of [1, -1]) {
    for (let i = 0; i < v.length; i++) at[i] = sign * shift * v[i]
    forget.set((await displaced.gradientAt('forget', at)).gradient)
    retain.set((await displaced.gradientAt('retain', at)).gradient)
    await innerGradient({ forget, retain }, at, displaced, knobs, there)
    addScaled(out, there, sign / (2 * shift))
  }
}

function addScaled(into: Float32Array, values: Float32Array, factor: number): void {
  for (let i = 0; i < into.length; i++) into[i] += factor * values[i]
}
