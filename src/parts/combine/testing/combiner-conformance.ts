import assert from 'node:assert/strict'
import { allFinite, type Check, partChecks } from '../../testing/part-checks.ts'
import type { Combiner } from '../combiner.ts'
import { gramOf } from '../gram.ts'

const gram = gramOf([Float32Array.of(1, -2, 0.5)], [Float32Array.of(0.2, 1.5, -1)])
const losses = { forget: 2, retain: 1 }

/** What every combiner must hold to: finite coefficients, zero gradients included, and a state that can be saved. */
export function combinerConformance(combiner: Combiner): Check[] {
  return [
    ...partChecks(combiner),
    {
      name: 'gives finite coefficients, also for zero gradients',
      check: () => staysFinite(combiner),
    },
    { name: 'continues the same from a saved state', check: () => continues(combiner) },
  ]
}

const inputOf = ({ gradients }: Combiner) =>
  gradients === 'fused' ? { gram: null, losses: null } : { gram, losses }

function staysFinite(combiner: Combiner): void {
  const knobs = combiner.schema.parse({})
  const zero = [new Float32Array(3)]
  for (const input of [inputOf(combiner), { gram: gramOf(zero, zero), losses }]) {
    const { forget, retain } = combiner.coefficients(input, knobs, combiner.init(knobs))
    allFinite([forget, retain], 'coefficient')
  }
}

function continues(combiner: Combiner): void {
  const knobs = combiner.schema.parse({})
  const input = inputOf(combiner)
  let state = combiner.init(knobs)
  for (let step = 0; step < 3; step++) {
    const restored = JSON.parse(JSON.stringify(state))
    const next = combiner.coefficients(input, knobs, state)
    assert.deepEqual(combiner.coefficients(input, knobs, restored), next)
    state = combiner.after?.(losses, knobs, next.state) ?? next.state
    allFinite(Object.values(state), 'state')
  }
}
