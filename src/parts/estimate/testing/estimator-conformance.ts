import assert from 'node:assert/strict'
import { type Check, partChecks } from '../../testing/part-checks.ts'
import type { GradientEstimator } from '../estimator.ts'

const steps = Array.from({ length: 200 }, (_, i) => i + 1)

/** What every gradient estimator must hold to: counts that are counts, the same each time, and needs that are what its steps do. */
export function estimatorConformance(estimator: GradientEstimator): Check[] {
  const knobs = estimator.schema.parse({})
  const directions = () => steps.map((step) => estimator.directions(knobs, step))
  return [
    ...partChecks(estimator),
    {
      name: 'displaces weights along a whole number of directions, the same each time',
      check() {
        for (const count of directions()) assert.ok(Number.isInteger(count) && count >= 0)
        assert.deepEqual(directions(), directions())
      },
    },
    {
      name: 'needs what its steps do',
      check() {
        const counts = directions()
        assert.equal(
          counts.some((count) => count === 0),
          estimator.needs.backward ?? false,
        )
        assert.equal(
          counts.some((count) => count > 0),
          estimator.needs.forward ?? false,
        )
      },
    },
    {
      name: 'says how far weights are displaced where any step displaces them',
      check() {
        const smoothing = estimator.smoothing(knobs)
        if (estimator.needs.forward) assert.ok(smoothing !== null && smoothing > 0)
        else assert.equal(smoothing, null)
      },
    },
  ]
}
