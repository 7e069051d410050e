import { describe, expect, it } from 'vitest'
import golden from '../../../test/golden/muon.json' with { type: 'json' }
import { referenceEngine } from '../../engine/reference.ts'
import { gaussian } from '../../math/random.ts'
import type { MatrixRule } from './matrix-rule.ts'
import { muon } from './muon.ts'
import { newtonSchulzArray } from './newton-schulz.ts'
import { matrixGraph, zeroSlots } from './testing/run-optimizer.ts'

const rule = muon.matrix as MatrixRule
const matrices = (['wide', 'tall', 'square', 'row'] as const).map((name) => {
  const [rows, columns] = golden.shapes[name]
  return { name, shape: [rows, columns] as const }
})

function expectNear(got: ArrayLike<number>, expected: readonly number[], tolerance: number) {
  for (const [i, x] of expected.entries())
    expect(Math.abs(got[i] - x)).toBeLessThan(tolerance * Math.max(Math.abs(x), 1))
}

describe.each(golden.runs)(`Muon against torch ${golden.versions.torch}: $knobs`, (run) => {
  const knobs = muon.schema.parse(run.knobs)

  it.each(matrices)(
    'the graph form follows ten float64 steps of a $name matrix',
    async ({ name, shape }) => {
      const program = await referenceEngine.compile(matrixGraph(rule, shape[0] > shape[1]))
      let parameter = Float64Array.from(golden.parameters[name])
      let momentum = new Float64Array(parameter.length)
      for (const [s, gradients] of golden.gradients.entries()) {
        const scalars = rule.scalars(knobs, golden.learningRate, s + 1, shape)
        const updated = {
          parameter: new Float64Array(parameter.length),
          momentum: new Float64Array(parameter.length),
        }
        await program.run(
          {
            parameter: { data: parameter, shape },
            gradient: { data: Float64Array.from(gradients[name]), shape },
            momentum: { data: momentum, shape },
            ...Object.fromEntries(
              Object.entries(scalars).map(([key, value]) => [
                `scalar ${key}`,
                { data: Float64Array.of(value), shape: [] },
              ]),
            ),
          },
          updated,
        )
        parameter = updated.parameter
        momentum = updated.momentum
        expectNear(parameter, run.parameters[s][name], 1e-12)
      }
    },
  )

  it.each(matrices)('the loop stays within float32 rounding of them: $name', ({ name, shape }) => {
    const parameter = Float32Array.from(golden.parameters[name])
    const slots = { momentum: new Float32Array(parameter.length) }
    for (const [s, gradients] of golden.gradients.entries()) {
      const scalars = rule.scalars(knobs, golden.learningRate, s + 1, shape)
      const gradient = Float32Array.from(gradients[name])
      rule.updateArrays({ parameter, gradient, slots, scalars }, shape)
      expectNear(parameter, run.parameters[s][name], 1e-5)
    }
  })

  it('leaves vectors to AdamW', () => {
    const parameter = Float32Array.from(golden.parameters.vector)
    const slots = zeroSlots(muon, () => new Float32Array(parameter.length))
    for (const [s, { vector }] of golden.gradients.entries()) {
      const scalars = muon.scalars(knobs, golden.learningRate, s + 1)
      muon.updateArrays({ parameter, gradient: Float32Array.from(vector), slots, scalars })
      expectNear(parameter, run.parameters[s].vector, 1e-6)
    }
  })
})

describe('Newton and Schulz', () => {
  const random = (length: number) => Float64Array.from({ length }, (_, i) => gaussian(5, ['m'], i))

  it('of orthonormal rows times their values is the same rows, values near 1', () => {
    // Rows of a rotation, with singular values 3, 0.5 and 0.2.
    const [c, s] = [Math.cos(0.3), Math.sin(0.3)]
    const rows = [c, s, 0, -s, c, 0, 0, 0, 1]
    const values = [3, 0.5, 0.2]
    const found = newtonSchulzArray(
      rows.map((x, i) => x * values[Math.floor(i / 3)]),
      [3, 3],
    )
    for (let i = 0; i < 3; i++) {
      const along = [0, 1, 2].map((j) =>
        rows.slice(3 * j, 3 * j + 3).reduce((sum, x, k) => sum + x * found[3 * i + k], 0),
      )
      expect(along[i]).toBeGreaterThan(0.65)
      expect(along[i]).toBeLessThan(1.2)
      expect(Math.abs(along[(i + 1) % 3])).toBeLessThan(1e-12)
    }
  })

  it('of the other side is the same', () => {
    const wide = random(15)
    const tall = wide.map((_, i) => wide[(i % 3) * 5 + Math.floor(i / 3)])
    const [a, b] = [newtonSchulzArray(wide, [3, 5]), newtonSchulzArray(tall, [5, 3])]
    for (const [i, x] of b.entries()) expect(x).toBeCloseTo(a[(i % 3) * 5 + Math.floor(i / 3)], 12)
  })

  it('does not see the size of a matrix, but that it is nothing', () => {
    const matrix = random(12)
    const [one, large] = [1, 1e6].map((factor) =>
      newtonSchulzArray(
        matrix.map((x) => factor * x),
        [3, 4],
      ),
    )
    for (const [i, x] of one.entries()) expect(large[i]).toBeCloseTo(x, 12)
    expect(newtonSchulzArray(new Float64Array(4), [2, 2])).toEqual(new Float64Array(4))
  })
})
