import { expect, test } from 'vitest'
import type { DisplacedGradients } from './refinement.ts'
import { sharpness } from './sharpness.ts'

/** Two quadratics, L_f = ½·x₀² + 2·x₁² and L_r = ½(x₀ − 1)² + ½·x₁², at a point. */
function displacedAt(point: readonly number[]) {
  const at = (group: 'forget' | 'retain', [x, y]: readonly number[]) =>
    Float32Array.of(...(group === 'forget' ? [x, 4 * y] : [x - 1, y]))
  const buffers = new Map<number, Float32Array>()
  const displaced: DisplacedGradients = {
    weights: Float32Array.from(point),
    weightNorm: Math.hypot(...point),
    gradientAt: async (group, displacement) => ({
      gradient: at(
        group,
        point.map((x, i) => x + displacement[i]),
      ),
      loss: 0,
    }),
    memory: () => new Float32Array(2),
    buffer(index) {
      const held = buffers.get(index) ?? new Float32Array(2)
      buffers.set(index, held)
      return held
    },
  }
  return { displaced, gradients: { forget: at('forget', point), retain: at('retain', point) } }
}

test('takes each gradient a radius uphill of its own mixture', async () => {
  const { displaced, gradients } = displacedAt([2, 1])
  // g_f = (2, 4), g_r = (1, 1), mean (1.5, 2.5); with a share of ½: d_f = (1.75, 3.25), d_r = (1.25, 1.75).
  await sharpness.apply(
    gradients,
    displaced,
    { forgetRadius: 0.1, retainRadius: 0.2, shared: 0.5 },
    {},
  )
  const [f, r] = [Math.hypot(1.75, 3.25), Math.hypot(1.25, 1.75)]
  expect(gradients.forget[0]).toBeCloseTo(2 + (0.1 * 1.75) / f, 6)
  expect(gradients.forget[1]).toBeCloseTo(4 * (1 + (0.1 * 3.25) / f), 6)
  expect(gradients.retain[0]).toBeCloseTo(1 + (0.2 * 1.25) / r, 6)
  expect(gradients.retain[1]).toBeCloseTo(1 + (0.2 * 1.75) / r, 6)
})

test('of radius 0 leaves the gradients as they are, and one of length 0 does no harm', async () => {
  const still = displacedAt([2, 1])
  await sharpness.apply(
    still.gradients,
    still.displaced,
    { forgetRadius: 0, retainRadius: 0, shared: 0.5 },
    {},
  )
  expect([...still.gradients.forget, ...still.gradients.retain]).toEqual([2, 4, 1, 1])
  const flat = displacedAt([0, 0])
  await sharpness.apply(
    flat.gradients,
    flat.displaced,
    { forgetRadius: 1, retainRadius: 1, shared: 0 },
    {},
  )
  expect([...flat.gradients.forget]).toEqual([0, 0])
})
