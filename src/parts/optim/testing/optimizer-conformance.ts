import assert from 'node:assert/strict'
import { gaussian } from '../../../math/random.ts'
import { allFinite, type Check, partChecks } from '../../testing/part-checks.ts'
import type { Optimizer } from '../optimizer.ts'
import { expectClose } from './close-arrays.ts'
import { matrixRuleConformance } from './matrix-rule-conformance.ts'
import { problems } from './problems.ts'
import { updateByGraph, zeroSlots } from './run-optimizer.ts'

/**
 * What every optimiser must hold to, and its rule for matrices where it has one: a loop that agrees with its graph form, the
 * same bits each time and in pieces, a minimum found, and finite weights whatever the gradient.
 */
export function optimizerConformance(optimizer: Optimizer): Check[] {
  return [
    ...partChecks(optimizer),
    { name: 'names its scalars', check: () => namesScalars(optimizer) },
    { name: 'has a loop that agrees with its graph form', check: () => agrees(optimizer) },
    {
      name: 'gives the same bits each time',
      check: () => assert.deepEqual(run(optimizer, 5), run(optimizer, 5)),
    },
    { name: 'gives the same bits whole or in pieces', check: () => piecesAgree(optimizer) },
    ...Object.entries(problems).map(([name, problem]) => ({
      name: `solves the ${name}`,
      check: () => solves(optimizer, problem),
    })),
    {
      name: 'stays finite for zero, huge and tiny gradients',
      check: () => staysFinite(optimizer),
    },
    ...(optimizer.preconditioner
      ? [
          {
            name: 'has a preconditioner that is what its first step moves weights by',
            check: () => preconditions(optimizer),
          },
        ]
      : []),
    ...(optimizer.matrix ? matrixRuleConformance(optimizer, optimizer.matrix) : []),
  ]
}

const size = 301
const gradientAt = (step: number) =>
  Float32Array.from({ length: size }, (_, i) => gaussian(2, ['gradient', step], i) * 10 ** (i % 7))
const start = () => Float32Array.from({ length: size }, (_, i) => gaussian(2, ['parameter'], i))

function run(optimizer: Optimizer, steps: number) {
  const knobs = optimizer.schema.parse({})
  const parameter = start()
  const slots = zeroSlots(optimizer, () => new Float32Array(size))
  for (let step = 1; step <= steps; step++) {
    const scalars = optimizer.scalars(knobs, 1e-3, step)
    optimizer.updateArrays({ parameter, gradient: gradientAt(step), slots, scalars })
  }
  return { parameter, slots }
}

function namesScalars({ schema, scalars, scalarNames }: Optimizer): void {
  assert.deepEqual(Object.keys(scalars(schema.parse({}), 1, 1)).sort(), [...scalarNames].sort())
}

async function agrees(optimizer: Optimizer): Promise<void> {
  const knobs = optimizer.schema.parse({})
  const loop = run(optimizer, 3)
  const { parameter, slots } = run(optimizer, 2)
  const doubled = Object.fromEntries(
    Object.entries(slots).map(([name, slot]) => [name, Float64Array.from(slot)]),
  )
  const graph = await updateByGraph(
    optimizer,
    { parameter: Float64Array.from(parameter), slots: doubled },
    gradientAt(3),
    optimizer.scalars(knobs, 1e-3, 3),
  )
  expectClose(loop.parameter, graph.parameter)
  // What is left where old and new nearly cancel has the rounding of both.
  const scale = loop.parameter.map((_, i) => 10 ** (i % 7) / 10)
  for (const name of optimizer.slots) expectClose(loop.slots[name], graph.slots[name], scale)
}

function piecesAgree(optimizer: Optimizer): void {
  const parameter = start()
  const gradient = gradientAt(1)
  const slots = zeroSlots(optimizer, () => new Float32Array(size))
  for (const [from, to] of [
    [0, 128],
    [128, size],
  ])
    optimizer.updateArrays({
      parameter: parameter.subarray(from, to),
      gradient: gradient.subarray(from, to),
      slots: Object.fromEntries(
        Object.entries(slots).map(([name, slot]) => [name, slot.subarray(from, to)]),
      ),
      scalars: optimizer.scalars(optimizer.schema.parse({}), 1e-3, 1),
    })
  assert.deepEqual({ parameter, slots }, run(optimizer, 1))
}

function solves(
  optimizer: Optimizer,
  { start: from, loss, gradient, bound }: (typeof problems)[keyof typeof problems],
): void {
  const knobs = optimizer.schema.parse({})
  // Rules that follow the size of a gradient need a smaller rate than those that scale it away.
  const found = [0.02, 2e-4].map((learningRate) => {
    const parameter = Float32Array.from(from)
    const slots = zeroSlots(optimizer, () => new Float32Array(from.length))
    const steps = 4000
    for (let step = 1; step <= steps; step++) {
      const scalars = optimizer.scalars(knobs, learningRate * (1 - (step - 1) / steps), step)
      const now = Float32Array.from(gradient(parameter))
      optimizer.updateArrays({ parameter, gradient: now, slots, scalars })
    }
    return loss(parameter)
  })
  const best = Math.min(...found.filter(Number.isFinite))
  assert.ok(best < bound, `expected less than ${bound}, got ${best}`)
}

/** From zero, weight decay and momentum play no part: the first step is P·d, but for one factor. */
function preconditions(optimizer: Optimizer): void {
  const gradient = gradientAt(1)
  const parameter = new Float32Array(size)
  const slots = zeroSlots(optimizer, () => new Float32Array(size))
  const scalars = optimizer.scalars(optimizer.schema.parse({}), 1e-3, 1)
  const found = new Float64Array(size)
  optimizer.preconditioner?.({ gradient, slots, scalars }, found)
  assert.deepEqual(
    slots,
    zeroSlots(optimizer, () => new Float32Array(size)),
    'slots changed',
  )
  optimizer.updateArrays({ parameter, gradient, slots, scalars })
  const factor = parameter[0] / (found[0] * gradient[0])
  const expected = found.map((p, i) => factor * p * gradient[i])
  expectClose(parameter, expected, new Float32Array(size).fill(1e-3))
}

function staysFinite(optimizer: Optimizer): void {
  const knobs = optimizer.schema.parse({})
  const gradient = Float32Array.of(0, 1e18, -1e18, 1e-30, 1e-45)
  const parameter = new Float32Array(5).fill(1)
  const slots = zeroSlots(optimizer, () => new Float32Array(5))
  for (let step = 1; step <= 3; step++) {
    const scalars = optimizer.scalars(knobs, 1e-3, step)
    optimizer.updateArrays({ parameter, gradient, slots, scalars })
  }
  allFinite(parameter, 'parameter')
  assert.ok(Math.abs(parameter[0] - 1) < 1e-3)
}
