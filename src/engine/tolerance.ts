import type { DType } from '../graph/node.ts'

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

/** float32 holds 24 bits; sums of a few dozen terms of size 1 lose a few of them. */
const byType: Readonly<Record<DType, Tolerance>> = {
  f32: { rtol: 1e-5, atol: 1e-6 },
  i32: { rtol: 0, atol: 0 },
  i64: { rtol: 0, atol: 0 },
  bool: { rtol: 0, atol: 0 },
}

const exceptions: readonly Exception[] = []

/** What an engine's result of one case of an op may differ from the reference by. */
export function toleranceOf(op: string, name: string, dtype: DType): Tolerance {
  const exception = exceptions.find((x) => x.op === op && (x.cases?.includes(name) ?? true))
  return (dtype === 'f32' && exception) || byType[dtype]
}

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
