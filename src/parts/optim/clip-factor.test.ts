import { expect, it } from 'vitest'
import golden from '../../../test/golden/optim.json' with { type: 'json' }
import { clipFactor } from './clip-factor.ts'

it.each(golden.clip)(
  `clips to $maxNorm at norm $norm as torch ${golden.versions.torch} does`,
  (run) => {
    const gradient = run.gradients.flat()
    const clipped = run.clipped.flat()
    expect(Math.hypot(...gradient)).toBeCloseTo(run.norm, 10)
    const factor = clipFactor(run.norm, run.maxNorm)
    gradient.forEach((g, i) => {
      expect(g * factor).toBeCloseTo(clipped[i], 14)
    })
  },
)

it('does nothing without a limit, and lets not-a-number through', () => {
  expect(clipFactor(1e9, null)).toBe(1)
  expect(clipFactor(Number.NaN, 1)).toBeNaN()
  expect(clipFactor(Number.POSITIVE_INFINITY, 1)).toBe(0)
})
