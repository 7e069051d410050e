import { describe, expect, it } from 'vitest'
import { gaussian } from '../math/random.ts'
import { type KeyValueProblem, keyValueUpdate } from './key-value-update.ts'

const [count, inputs, outputs] = [5, 12, 7]
const random = (length: number, name: string) =>
  Float32Array.from({ length }, (_, i) => gaussian(3, [name], i))
const keptKeys = random(30 * inputs, 'kept')

function secondMoment(keys: Float32Array): Float64Array {
  const rows = keys.length / inputs
  return Float64Array.from({ length: inputs * inputs }, (_, at) => {
    const [i, j] = [Math.floor(at / inputs), at % inputs]
    let sum = 0
    for (let row = 0; row < rows; row++) sum += keys[row * inputs + i] * keys[row * inputs + j]
    return sum / rows
  })
}

const problem: KeyValueProblem = {
  keys: random(count * inputs, 'keys'),
  residuals: random(count * outputs, 'residuals'),
  kept: secondMoment(keptKeys),
  inputs,
  preserve: 0.7,
  ridge: 0.01,
}

/** `Δ·k`. */
function answer(update: Float64Array, key: Float32Array): number[] {
  return Array.from({ length: outputs }, (_, o) =>
    key.reduce((sum, x, i) => sum + update[o * inputs + i] * x, 0),
  )
}
const rowsOf = (values: Float32Array, width: number) =>
  Array.from({ length: values.length / width }, (_, i) =>
    values.subarray(i * width, (i + 1) * width),
  )
const squared = (values: readonly number[]) => values.reduce((sum, x) => sum + x * x, 0)

/** What is minimised, written down from the keys themselves. */
function objective(update: Float64Array, { keys, residuals, preserve, ridge } = problem): number {
  const wanted = rowsOf(residuals, outputs)
  const changed = rowsOf(keys, inputs).map((key, item) =>
    squared(answer(update, key).map((y, o) => y - wanted[item][o])),
  )
  const disturbed = rowsOf(keptKeys, inputs).map((key) => squared(answer(update, key)))
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
  const size = ridge * (squared([...keys]) / keys.length) * squared([...update])
  return mean(changed) + preserve * mean(disturbed) + size
}

describe('keyValueUpdate', () => {
  it('is where every derivative of what it minimises is 0, by central differences', () => {
    const update = keyValueUpdate(problem)
    const scale = objective(new Float64Array(update.length))
    const step = 1e-4
    for (let at = 0; at < update.length; at++) {
      const moved = (by: number) => {
        const other = Float64Array.from(update)
        other[at] += by
        return objective(other)
      }
      expect(Math.abs(moved(step) - moved(-step)) / (2 * step)).toBeLessThan(1e-9 * scale)
      expect(moved(step)).toBeGreaterThan(objective(update))
    }
  })

  it('of one key with nothing to keep is r·kᵀ/(kᵀk + ridge·s)', () => {
    const one = {
      ...problem,
      keys: problem.keys.slice(0, inputs),
      residuals: problem.residuals.slice(0, outputs),
      preserve: 0,
    }
    const length = squared([...one.keys])
    const update = keyValueUpdate(one)
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < inputs; i++)
        expect(update[o * inputs + i]).toBeCloseTo(
          (one.residuals[o] * one.keys[i]) / (length + (one.ridge * length) / inputs),
          12,
        )
  })

  it('with nothing to keep answers every key as asked, where there are fewer than inputs', () => {
    const update = keyValueUpdate({ ...problem, preserve: 0, ridge: 1e-10 })
    const wanted = rowsOf(problem.residuals, outputs)
    for (const [item, key] of rowsOf(problem.keys, inputs).entries())
      for (const [o, y] of answer(update, key).entries()) expect(y).toBeCloseTo(wanted[item][o], 6)
  })

  it('with much to preserve changes only what no kept key has a share in', () => {
    // Kept keys know the first eight inputs alone.
    const kept = problem.kept.map((x, at) =>
      at % inputs < 8 && Math.floor(at / inputs) < 8 ? x : 0,
    )
    const update = keyValueUpdate({ ...problem, kept, preserve: 1e9, ridge: 1e-9 })
    const seen = rowsOf(keptKeys, inputs).map((key) => key.map((x, i) => (i < 8 ? x : 0)))
    for (const key of seen) expect(Math.sqrt(squared(answer(update, key)))).toBeLessThan(1e-6)
    expect(Math.sqrt(squared([...update]))).toBeGreaterThan(0.1)
  })
})
