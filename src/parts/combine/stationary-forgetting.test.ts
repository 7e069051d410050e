import { describe, expect, it } from 'vitest'
import { gaussian } from '../../math/random.ts'
import type { DisplacedGradients } from './refinement.ts'
import { stationaryForgetting } from './stationary-forgetting.ts'

const size = 6
const range = Array.from({ length: size }, (_, i) => i)
const vector = (name: string) => range.map((i) => gaussian(4, [name], i))
const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i], 0)
const times = (matrix: number[][], x: number[]) => matrix.map((row) => dot(row, x))

/** Two quadratic losses ½θᵀHθ + hᵀθ, each with a symmetric H. */
const theta = vector('theta')
const [forget, retain] = ['forget', 'retain'].map((name) => {
  const half = range.map((i) => range.map((j) => gaussian(4, [name, i], j)))
  return {
    hessian: range.map((i) => range.map((j) => half[i][j] + half[j][i])),
    linear: vector(`${name} linear`),
  }
})
type Quadratic = typeof forget
const gradientOf = ({ hessian, linear }: Quadratic, at: number[]) =>
  times(hessian, at).map((x, i) => x + linear[i])

/** ∇Ψ by the formula, in float64: what the differences must find. */
function innerGradient(at: number[], alignment: number): number[] {
  const [f, r] = [gradientOf(forget, at), gradientOf(retain, at)]
  const [nf, nr] = [Math.hypot(...f), Math.hypot(...r)]
  const cosine = dot(f, r) / (nf * nr)
  const p = r.map((x, i) => x / (nf * nr) - (cosine / nf ** 2) * f[i])
  const q = f.map((x, i) => x / (nf * nr) - (cosine / nr ** 2) * r[i])
  const [hp, hq] = [times(forget.hessian, p), times(retain.hessian, q)]
  return f.map((x, i) => x - alignment * (hp[i] + hq[i]))
}

/** What `apply` makes of the two gradients, and how many gradients elsewhere it asked for. */
async function refine(settings: object, inner: number, losses = { forget, retain }) {
  const knobs = stationaryForgetting.schema.parse(settings)
  let asked = 0
  const buffers = new Map<number, Float32Array>()
  const displaced: DisplacedGradients = {
    weights: Float32Array.from(theta),
    weightNorm: Math.hypot(...theta),
    gradientAt: async (group, displacement) => {
      asked++
      const at = theta.map((x, i) => x + displacement[i])
      return { gradient: Float32Array.from(gradientOf(losses[group], at)), loss: 0 }
    },
    memory: () => new Float32Array(size),
    buffer(index) {
      const held = buffers.get(index) ?? new Float32Array(size).fill(Number.NaN)
      buffers.set(index, held)
      return held
    },
  }
  const gradients = {
    forget: Float32Array.from(gradientOf(losses.forget, theta)),
    retain: Float32Array.from(gradientOf(losses.retain, theta)),
  }
  await stationaryForgetting.refinement?.apply(gradients, displaced, knobs, { inner, outer: 0 })
  return { ...gradients, asked, buffers: buffers.size }
}

function expectNear(got: Float32Array, expected: number[], relative: number) {
  const error = Math.hypot(...expected.map((x, i) => x - got[i]))
  expect(error / Math.hypot(...expected)).toBeLessThan(relative)
}

const flat: Quadratic = {
  hessian: range.map(() => range.map(() => 0)),
  linear: range.map(() => 0),
}

describe('stationary-forgetting', () => {
  it('takes innerSteps forgetting steps, then one for retention, whose penalty grows', () => {
    const knobs = stationaryForgetting.schema.parse({ innerSteps: 2, stationarityWeight: 0.5 })
    let state = stationaryForgetting.init(knobs)
    const chosen = Array.from({ length: 7 }, () => {
      const next = stationaryForgetting.coefficients({ gram: null, losses: null }, knobs, state)
      state = next.state
      return [next.forget, next.retain]
    })
    const [inner, first, second] = [
      [1, 0],
      [1, 1],
      [2, 1],
    ]
    expect(chosen).toEqual([inner, inner, first, inner, inner, second, inner])
    expect(state).toEqual({ inner: 1, outer: 2 })
  })

  it('finds the gradient of the inner objective', async () => {
    const { forget: found, retain: kept, asked } = await refine({ alignmentWeight: 0.7 }, 0)
    expectNear(found, innerGradient(theta, 0.7), 1e-3)
    // The cosine has a part in it that is far above that error.
    expect(() => expectNear(found, innerGradient(theta, 0), 2e-2)).toThrow()
    expect(kept).toEqual(Float32Array.from(gradientOf(retain, theta)))
    expect(asked).toBe(4)
  })

  it('finds the curvature along it', async () => {
    const v = innerGradient(theta, 0.7)
    const shifted = (sign: number) => theta.map((x, i) => x + sign * 1e-6 * v[i])
    const [ahead, behind] = [1, -1].map((sign) => innerGradient(shifted(sign), 0.7))
    const expected = ahead.map((x, i) => (x - behind[i]) / 2e-6)
    const {
      forget: found,
      retain: kept,
      asked,
      buffers,
    } = await refine({ alignmentWeight: 0.7 }, 5)
    expectNear(found, expected, 2e-2)
    expect(kept).toEqual(Float32Array.from(gradientOf(retain, theta)))
    expect(asked).toBe(stationaryForgetting.refinement?.backwardPasses)
    expect(buffers + 2).toBe(stationaryForgetting.refinement?.gradientBuffers)
  })

  it('is H_f·g_f where nothing pulls the gradients together', async () => {
    const g = gradientOf(forget, theta)
    const { forget: found, asked } = await refine({ alignmentWeight: 0 }, 5)
    expectNear(found, times(forget.hessian, g), 1e-3)
    expect(asked).toBe(4)
    expect((await refine({ alignmentWeight: 0 }, 0)).asked).toBe(0)
  })

  it('leaves out the cosine where a gradient is zero', async () => {
    const g = Float32Array.from(gradientOf(forget, theta))
    expect((await refine({}, 0, { forget, retain: flat })).forget).toEqual(g)
    for (const inner of [0, 5])
      expect((await refine({}, inner, { forget: flat, retain })).forget).toEqual(
        new Float32Array(size),
      )
  })

  it('lets not-a-number through', async () => {
    const broken = { ...forget, linear: range.map(() => Number.NaN) }
    for (const inner of [0, 5])
      expect((await refine({}, inner, { forget: broken, retain })).forget).toEqual(
        new Float32Array(size).fill(Number.NaN),
      )
  })
})
