import { describe, expect, it } from 'vitest'
import golden from '../../../test/golden/optim.json' with { type: 'json' }
import { optimizers } from './optimizers.ts'
import { type OptimizerValues, updateByGraph, zeroSlots } from './testing/run-optimizer.ts'

const start = golden.parameters.flat()
const cases = golden.others.map(
  (each) => [`${each.id} ${JSON.stringify(each.knobs)}`, each] as const,
)

it('every optimiser is followed by torch', () => {
  // These two have tests of their own.
  const followed = ['adamw', 'muon', ...golden.others.map(({ id }) => id)]
  expect([...optimizers.keys()].filter((id) => !followed.includes(id))).toEqual([])
})

describe.each(cases)(`%s, against torch ${golden.versions.torch}`, (_, run) => {
  const optimizer = optimizers.get(run.id)
  if (!optimizer) throw new Error(`no optimiser ${run.id}`)
  const knobs = optimizer.schema.parse(run.knobs)
  const gradients = golden.gradients.map((tensors) => tensors.flat())

  it('the graph form follows ten float64 steps to 1e-12', async () => {
    let values: OptimizerValues = {
      parameter: Float64Array.from(start),
      slots: zeroSlots(optimizer, () => new Float64Array(start.length)),
    }
    for (const [s, gradient] of gradients.entries()) {
      const scalars = optimizer.scalars(knobs, run.learningRate, s + 1)
      values = await updateByGraph(optimizer, values, gradient, scalars)
      for (const [i, x] of run.parameters[s].flat().entries())
        expect(Math.abs(values.parameter[i] - x)).toBeLessThan(1e-12 * Math.max(Math.abs(x), 1e-3))
    }
  })

  it('the loop stays within float32 rounding of them', () => {
    const parameter = Float32Array.from(start)
    const slots = zeroSlots(optimizer, () => new Float32Array(start.length))
    for (const [s, gradient] of gradients.entries()) {
      const scalars = optimizer.scalars(knobs, run.learningRate, s + 1)
      optimizer.updateArrays({ parameter, gradient: Float32Array.from(gradient), slots, scalars })
      for (const [i, x] of run.parameters[s].flat().entries())
        expect(Math.abs(parameter[i] - x)).toBeLessThan(1e-6 * Math.max(Math.abs(x), 1))
    }
  })
})
