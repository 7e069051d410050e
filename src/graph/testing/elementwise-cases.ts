import type { Node } from '../node.ts'
import { logSigmoid, sigmoid, silu, softplus, tanh } from '../ops/activation.ts'
import {
  add,
  addScalar,
  div,
  exp,
  log,
  mul,
  neg,
  scale,
  sqrt,
  square,
  sub,
} from '../ops/arithmetic.ts'
import { softCap } from '../ops/soft-cap.ts'
import { type OpCase, opCase, stated, trained } from './op-case.ts'

const binaries = { add, sub, mul, div }

/** Both operands stay away from zero, so that quotients and their gradients are of ordinary size. */
const binaryCases = Object.entries(binaries).flatMap(([op, apply]) => {
  const pair = (
    name: string,
    a: readonly (number | string)[],
    b: readonly (number | string)[],
    runs?: OpCase['runs'],
  ) =>
    opCase(
      op,
      name,
      { a: trained(a, 0.5, 2), b: trained(b, 0.5, 2) },
      ({ a, b }) => apply(a, b),
      runs ? { runs } : {},
    )
  const named = [
    { batch: 2, seq: 3 },
    { batch: 1, seq: 5 },
    { batch: 2, seq: 3 },
  ]
  return [
    pair('of equal shapes', [2, 3], [2, 3]),
    pair('of scalars', [], []),
    pair('with a scalar on the right', [2, 3], []),
    pair('with a scalar on the left', [], [2, 3]),
    pair('repeating the right along leading axes', [2, 2, 3], [3]),
    pair('repeating the left along leading axes', [3], [2, 2, 3]),
    pair('repeating the right along its axis of length 1', [2, 3], [2, 1]),
    pair('repeating the left along its axis of length 1', [2, 1], [2, 3]),
    pair('repeating both', [2, 1, 3], [4, 1]),
    pair('of length 1', [1, 1], [1]),
    pair('over named axes', ['batch', 'seq', 2], ['batch', 'seq', 2], named),
    pair('repeating the right along named axes', ['batch', 'seq', 2], [2], named),
    pair('repeating the left along a named axis', [1, 'seq', 1], ['batch', 'seq', 2], named),
    pair('repeating both along named axes', ['batch', 1], ['seq'], named),
    opCase(op, 'of a value and itself', { a: trained([2, 3], 0.5, 2) }, ({ a }) => apply(a, a)),
    opCase(
      op,
      'of negative numbers',
      { a: trained([2, 3], -2, -0.5), b: trained([2, 3], -2, -0.5) },
      ({ a, b }) => apply(a, b),
    ),
  ]
})

const rows = { runs: [{ batch: 2 }, { batch: 5 }] }

const unaries = {
  neg: { apply: neg, low: -2, high: 2 },
  exp: { apply: exp, low: -3, high: 3 },
  log: { apply: log, low: 0.2, high: 5 },
  sqrt: { apply: sqrt, low: 0.2, high: 5 },
  square: { apply: square, low: -2, high: 2 },
  sigmoid: { apply: sigmoid, low: -4, high: 4 },
  tanh: { apply: tanh, low: -3, high: 3 },
  softplus: { apply: softplus, low: -4, high: 4 },
  logSigmoid: { apply: logSigmoid, low: -4, high: 4 },
  silu: { apply: silu, low: -4, high: 4 },
  softCap: { apply: (x: Node) => softCap(x, 2), low: -5, high: 5 },
}

const unaryCases = Object.entries(unaries).flatMap(([op, { apply, low, high }]) => [
  opCase(op, 'of a vector', { x: trained([7], low, high) }, ({ x }) => apply(x)),
  opCase(op, 'of a scalar', { x: trained([], low, high) }, ({ x }) => apply(x)),
  opCase(
    op,
    'over a named axis',
    { x: trained(['batch', 3], low, high) },
    ({ x }) => apply(x),
    rows,
  ),
])

const saturating = { sigmoid, tanh, softplus, logSigmoid, silu }

/** ±100 and ±10⁴ and what lies between them and the ordinary. */
export const extremeNumbers: readonly number[] = [
  -1e4, -100, -30, -17, -1e-3, 0, 1e-3, 17, 30, 100, 1e4,
]

/** Tails where a value is small beside 1, and what an absolute tolerance cannot see. */
const tails: readonly number[] = [
  -87, -80, -60, -40, -25, -18, -17.5, -17, -16.5, -16, -15, -14, -12, -10, -8, -6, -4, -2, -1,
]

const tailCases = Object.entries({ sigmoid, softplus, logSigmoid }).map(([op, apply]) => {
  const numbers = op === 'logSigmoid' ? tails.map((x) => -x) : tails
  return opCase(op, 'in its tail', { x: stated([tails.length], numbers) }, ({ x }) => apply(x), {
    kind: 'extreme',
  })
})

/** Positive numbers over all of float32, and what is near 1. */
const magnitudes: readonly number[] = [
  1e-37, 1e-30, 1e-20, 1e-10, 1e-6, 1e-3, 0.1, 0.5, 0.999, 0.99999, 1, 1.00001, 1.001, 2, 10, 1e3,
  1e6, 1e10, 1e20, 1e30, 1e37,
]
const small = magnitudes.filter((x) => x <= 0.5)
const ranges = {
  exp: { apply: exp, numbers: [...tails, ...tails.map((x) => -0.9 * x), ...small] },
  log: { apply: log, numbers: magnitudes },
  sqrt: { apply: sqrt, numbers: magnitudes },
  tanh: {
    apply: tanh,
    numbers: [...small, 0.9, 1, 2, 4, 6, 8, 8.5, 9, 10, 12, 15, 20, 30, 40].flatMap((x) => [-x, x]),
  },
}

const rangeCases = Object.entries(ranges).map(([op, { apply, numbers }]) =>
  opCase(op, 'over its range', { x: stated([numbers.length], numbers) }, ({ x }) => apply(x), {
    kind: 'extreme',
  }),
)

const extremeCases = [
  ...tailCases,
  ...rangeCases,
  ...Object.entries(saturating).map(([op, apply]) =>
    opCase(
      op,
      'far from zero',
      { x: stated([extremeNumbers.length], extremeNumbers) },
      ({ x }) => apply(x),
      { kind: 'extreme' },
    ),
  ),
  opCase('exp', 'from nothing to 10³⁴', { x: stated([4], [-1e4, -80, 0, 79]) }, ({ x }) => exp(x), {
    kind: 'extreme',
  }),
  opCase('log', 'of 10⁻³⁰ to 10³⁰', { x: stated([3], [1e-30, 1, 1e30]) }, ({ x }) => log(x), {
    kind: 'extreme',
  }),
  opCase('sqrt', 'of 10⁻³⁰ to 10³⁰', { x: stated([3], [1e-30, 1, 1e30]) }, ({ x }) => sqrt(x), {
    kind: 'extreme',
  }),
]

const numberCases = [
  opCase('scale', 'by a fraction', { x: trained([5]) }, ({ x }) => scale(x, 0.375)),
  opCase(
    'scale',
    'by a negative number',
    { x: trained(['batch', 2]) },
    ({ x }) => scale(x, -3),
    rows,
  ),
  opCase('scale', 'by zero', { x: trained([2]) }, ({ x }) => scale(x, 0)),
  opCase('addScalar', 'of a fraction', { x: trained([5]) }, ({ x }) => addScalar(x, 0.375)),
  opCase(
    'addScalar',
    'of a negative number',
    { x: trained(['batch', 2]) },
    ({ x }) => addScalar(x, -3),
    rows,
  ),
]

/** Cases of the ops that work element by element. */
export const elementwiseCases: readonly OpCase[] = [
  ...binaryCases,
  ...unaryCases,
  ...extremeCases,
  ...numberCases,
]
