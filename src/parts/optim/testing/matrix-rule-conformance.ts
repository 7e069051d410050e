import assert from 'node:assert/strict'
import { referenceEngine } from '../../../engine/reference.ts'
import { gaussian } from '../../../math/random.ts'
import { allFinite, type Check } from '../../testing/part-checks.ts'
import type { MatrixRule } from '../matrix-rule.ts'
import type { Optimizer } from '../optimizer.ts'
import { expectClose } from './close-arrays.ts'
import { leastSquares, problems } from './problems.ts'
import { matrixGraph, zeroSlots } from './run-optimizer.ts'

type Shape = readonly [number, number]
const shapes: readonly Shape[] = [
  [3, 7],
  [7, 3],
  [5, 5],
  [1, 6],
  [6, 1],
]

/** What an optimiser's rule for matrices must hold to. */
export function matrixRuleConformance(
  { schema, slots }: Optimizer,
  rule: MatrixRule,
): readonly Check[] {
  const knobs = schema.parse({})
  return [
    ...shapes.map((shape) => ({
      name: `for matrices: has a loop that agrees with its graph form, ${shape}`,
      check: () => agrees(rule, knobs, shape),
    })),
    {
      name: 'for matrices: says its names, which the elementwise slots do not have',
      check() {
        const names = Object.keys(rule.scalars(knobs, 1, 1, [2, 3]))
        assert.deepEqual(names.sort(), [...rule.scalarNames].sort())
        for (const name of rule.slots) assert.ok(!slots.includes(name), name)
      },
    },
    {
      name: 'for matrices: stays finite for zero, huge and tiny gradients',
      check: () => staysFinite(rule, knobs),
    },
    ...Object.entries({ ...problems, matrices: leastSquares }).map(([name, problem]) => ({
      name: `for matrices: solves the ${name}`,
      check: () => solves(rule, knobs, problem),
    })),
  ]
}

async function agrees(rule: MatrixRule, knobs: object, shape: Shape): Promise<void> {
  const size = shape[0] * shape[1]
  const random = (name: string) =>
    Float32Array.from({ length: size }, (_, i) => gaussian(6, [name], i))
  const arrays = { parameter: random('parameter'), gradient: random('gradient') }
  const slots = Object.fromEntries(rule.slots.map((name) => [name, random(name)]))
  const scalars = rule.scalars({ ...knobs }, 1e-2, 3, shape)
  const program = await referenceEngine.compile(matrixGraph(rule, shape[0] > shape[1]))
  const found = Object.fromEntries(
    ['parameter', ...rule.slots].map((name) => [name, new Float64Array(size)]),
  )
  const given = [
    ...Object.entries({ ...arrays, ...slots }).map(
      ([name, data]) => [name, { data: Float64Array.from(data), shape }] as const,
    ),
    ...Object.entries(scalars).map(
      ([name, value]) => [`scalar ${name}`, { data: Float64Array.of(value), shape: [] }] as const,
    ),
  ]
  await program.run(Object.fromEntries(given), found)
  rule.updateArrays({ ...arrays, slots, scalars }, shape)
  const ones = new Float32Array(size).fill(1)
  expectClose(arrays.parameter, found.parameter, ones)
  for (const name of rule.slots) expectClose(slots[name], found[name], ones)
}

function staysFinite(rule: MatrixRule, knobs: object): void {
  const parameter = new Float32Array(6).fill(1)
  const slots = zeroSlots(rule, () => new Float32Array(6))
  for (const [step, value] of [0, 1e18, 1e-30, 0].entries()) {
    const gradient = Float32Array.of(value, 0, -value, 0, value, 0)
    const scalars = rule.scalars({ ...knobs }, 1e-3, step + 1, [2, 3])
    rule.updateArrays({ parameter, gradient, slots, scalars }, [2, 3])
  }
  allFinite(parameter, 'parameter')
}

function solves(
  rule: MatrixRule,
  knobs: object,
  {
    start,
    shape,
    loss,
    gradient,
    bound,
  }: (typeof problems)['parabola' | 'rosenbrock'] | typeof leastSquares,
): void {
  const parameter = Float32Array.from(start)
  const slots = zeroSlots(rule, () => new Float32Array(start.length))
  const steps = 4000
  for (let step = 1; step <= steps; step++) {
    const scalars = rule.scalars({ ...knobs }, 0.05 * (1 - (step - 1) / steps), step, shape)
    const now = Float32Array.from(gradient(parameter))
    rule.updateArrays({ parameter, gradient: now, slots, scalars }, shape)
  }
  assert.ok(loss(parameter) < bound, `expected less than ${bound}, got ${loss(parameter)}`)
}
