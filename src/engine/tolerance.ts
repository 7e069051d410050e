import type { DType } from '../graph/index.ts'

/** A value may differ from the float64 reference by `atol + rtol · |reference|`. */
export interface Tolerance {
  readonly rtol: number
  readonly atol: number
}

interface Exception extends Tolerance {
  readonly op: string
  /** Cases of the op; all of them where it is left out. */
  readonly cases?: readonly string[]
  readonly reason: string
}

/** float32 keeps 6e-8 of a number; a dozen operations on numbers of size 1 lose a few times that. */
const byType: Readonly<Record<DType, Tolerance>> = {
  f32: { rtol: 3e-6, atol: 5e-7 },
  i32: { rtol: 0, atol: 0 },
  i64: { rtol: 0, atol: 0 },
  bool: { rtol: 0, atol: 0 },
}

const large = ['of odd, larger size']

/** Cases that need more, and why. */
export const toleranceExceptions: readonly Exception[] = [
  ...['sigmoid', 'softplus', 'logSigmoid'].map((op) => ({
    op,
    cases: ['in its tail'],
    rtol: 2e-6,
    atol: 0,
    reason: 'the tail of a loss is its gradient: what is small is right relative to itself',
  })),
  ...['exp', 'log', 'sqrt', 'tanh'].map((op) => ({
    op,
    cases: ['over its range'],
    rtol: 2e-6,
    atol: 0,
    reason: 'value and slope are right relative to themselves, whatever their size',
  })),
  ...['softmax', 'rmsNorm'].map((op) => ({
    op,
    cases: ['over its range'],
    rtol: 3e-6,
    atol: 0,
    reason:
      'values are right relative to themselves; gradients are differences, and not among these cases',
  })),
  {
    op: 'silu',
    rtol: 3e-6,
    atol: 2e-6,
    reason: 'Sigmoid is right to 6e-8, also where it is smaller; silu multiplies that by x, to −17',
  },
  {
    op: 'geluTanh',
    rtol: 3e-6,
    atol: 2e-6,
    reason: 'as for silu; the slope multiplies Sigmoid by up to 20, at −4',
  },
  {
    op: 'sum',
    cases: large,
    rtol: 3e-6,
    atol: 2e-5,
    reason: '4,773 terms of size 1 are summed one after another',
  },
  {
    op: 'matmul',
    cases: large,
    rtol: 3e-6,
    atol: 8e-6,
    reason: 'inner axes of 259 terms of size 1',
  },
  ...['add', 'sub', 'mul', 'div'].map((op) => ({
    op,
    cases: large,
    rtol: 3e-6,
    atol: 3e-6,
    reason: 'gradients of repeated operands are sums of up to 917 terms',
  })),
  ...['rmsNorm', 'layerNorm'].map((op) => ({
    op,
    cases: large,
    rtol: 3e-6,
    atol: 3e-6,
    reason: 'the gradient of the weight is a sum over 67 rows of size 3',
  })),
]

/** What an engine's result of one case of an op may differ from the reference by. */
export function toleranceOf(op: string, name: string, dtype: DType): Tolerance {
  const exception = toleranceExceptions.find(
    (x) => x.op === op && (x.cases?.includes(name) ?? true),
  )
  return (dtype === 'f32' && exception) || byType[dtype]
}

/** The smallest float32 that keeps all its digits; runtimes may give zero for what is smaller. */
export const smallestNormal = 2 ** -126

/** Where `got` first leaves the tolerance around `expected`, or null. NaN is never within it. */
export function firstDifference(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol, atol }: Tolerance,
): number | null {
  for (let i = 0; i < expected.length; i++) {
    const within = Math.abs(got[i] - expected[i]) <= atol + rtol * Math.abs(expected[i])
    if (got[i] !== expected[i] && !(within && Number.isFinite(expected[i]))) return i
  }
  return null
}
