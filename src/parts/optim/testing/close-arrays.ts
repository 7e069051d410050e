import assert from 'node:assert/strict'

/**
 * Throws where f32 is further than 1e-6 from f64, relative to the larger of the value and a scale.
 *
 * @param scale of each element; 1e-6 at least
 */
export function expectClose(got: Float32Array, expected: Float64Array, scale?: Float32Array): void {
  got.forEach((x, i) => {
    const unit = Math.max(Math.abs(expected[i]), scale?.[i] ?? 0, 1e-6)
    const difference = Math.abs(x - expected[i]) / unit
    assert.ok(difference < 1e-6, `element ${i}: expected ${expected[i]}, got ${x}`)
  })
}
