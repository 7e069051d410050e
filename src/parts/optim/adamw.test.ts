import { describe, expect, it } from 'vitest'
import golden from '../../../test/golden/optim.json' with { type: 'json' }
import { adamw } from './adamw.ts'
import { clipFactor } from './clip-factor.ts'
import { learningRateAt } from './schedule.ts'
import { type OptimizerValues, updateByGraph, zeroSlots } from './testing/run-optimizer.ts'

const start = golden.parameters.flat()

/** Scalars and clipped gradients of each step, as the golden script made them. */
function stepsOf(knobs: (typeof golden.adamw)[number]['knobs']) {
  const schedule = {
    kind: 'warmupSteps' in knobs ? ('linear' as const) : ('constant' as const),
    learningRate: knobs.learningRate,
    warmupSteps: knobs.warmupSteps ?? 0,
  }
  const { epsilon, weightDecay } = knobs
  const [beta1, beta2] = knobs.betas
  return golden.gradients.map((tensors, s) => {
    const gradient = tensors.flat()
    const factor = clipFactor(Math.hypot(...gradient), knobs.maxNorm ?? null)
    return {
      gradient: gradient.map((g) => g * factor),
      scalars: adamw.scalars(
        { beta1, beta2, epsilon, weightDecay },
        learningRateAt(schedule, s, golden.gradients.length),
        s + 1,
      ),
    }
  })
}

function largestDifference(got: ArrayLike<number>, expected: readonly number[]): number {
  return Math.max(...expected.map((x, i) => Math.abs(got[i] - x) / Math.max(Math.abs(x), 1e-3)))
}

describe.each(golden.adamw)(`AdamW, $name, against torch ${golden.versions.torch}`, (run) => {
  it('the graph form follows ten float64 steps to 1e-12', async () => {
    let values: OptimizerValues = {
      parameter: Float64Array.from(start),
      slots: zeroSlots(adamw, () => new Float64Array(start.length)),
    }
    for (const [s, { gradient, scalars }] of stepsOf(run.knobs).entries()) {
      values = await updateByGraph(adamw, values, gradient, scalars)
      const expected = run.float64.parameters[s].flat()
      expect(largestDifference(values.parameter, expected)).toBeLessThan(1e-12)
    }
    const { firstMoment, secondMoment } = values.slots
    expect(largestDifference(firstMoment, run.float64.firstMoment.flat())).toBeLessThan(1e-12)
    expect(largestDifference(secondMoment, run.float64.secondMoment.flat())).toBeLessThan(1e-12)
  })

  it('the loop stays within float32 rounding of the float64 steps, as torch in float32 does', () => {
    const parameter = Float32Array.from(start)
    const slots = zeroSlots(adamw, () => new Float32Array(start.length))
    for (const [s, { gradient, scalars }] of stepsOf(run.knobs).entries()) {
      adamw.updateArrays({ parameter, gradient: Float32Array.from(gradient), slots, scalars })
      expect(largestDifference(parameter, run.float64.parameters[s].flat())).toBeLessThan(1e-6)
      expect(largestDifference(parameter, run.float32.parameters[s].flat())).toBeLessThan(1e-6)
    }
    const { secondMoment } = slots
    expect(largestDifference(secondMoment, run.float64.secondMoment.flat())).toBeLessThan(1e-6)
  })
})

it('AdamW keeps a small weight decay that p·(1 − ηλ) in float32 would round away', () => {
  const knobs = adamw.schema.parse({})
  const parameter = Float32Array.of(1.75)
  const slots = zeroSlots(adamw, () => new Float32Array(1))
  // η·λ = 1e-7: exactly 1.75e-7, one and a half steps of float32 at 1.75, so one of 1.19e-7 is the nearest.
  const scalars = adamw.scalars(knobs, 1e-5, 1)
  adamw.updateArrays({ parameter, gradient: Float32Array.of(0), slots, scalars })
  expect(1.75 - parameter[0]).toBe(2 ** -23)
  expect(1.75 - Math.fround(1.75 * Math.fround(1 - 1e-7))).toBe(2 * 2 ** -23)
})
