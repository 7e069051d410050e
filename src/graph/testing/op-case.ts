import { permutation, uniform } from '../../math/random.ts'
import type { DType, Node } from '../node.ts'
import { type Shape, sizeOf } from '../shape.ts'

/** Lengths of the named axes of one run. */
export type AxisLengths = Readonly<Record<string, number>>

/** One input of a case: its shape, and the numbers it holds for bound axis lengths. */
export interface CaseInput {
  readonly shape: Shape
  readonly dtype: DType
  readonly differentiable: boolean
  values(shape: readonly number[], stream: string): readonly number[]
}

/**
 * `ordinary` cases are differentiated by differences too. `extreme` ones are at the edge of the number range, where
 * closed forms take their place; `large` ones take the engines' vector and thread paths, and too long to difference.
 */
export type CaseKind = 'ordinary' | 'extreme' | 'large'

/** One use of an op, with everything needed to run it and to differentiate it. */
export interface OpCase {
  /** Exported name of the op. */
  readonly op: string
  /** Unique among the cases of the op. */
  readonly name: string
  readonly inputs: Readonly<Record<string, CaseInput>>
  /** Axis lengths of the runs of one compiled program, in order. */
  readonly runs: readonly AxisLengths[]
  readonly kind: CaseKind
  build(inputs: Readonly<Record<string, Node>>): Node | Readonly<Record<string, Node>>
}

interface CaseOptions {
  runs?: readonly AxisLengths[]
  kind?: CaseKind
}

/** Declares a case. */
export function opCase(
  op: string,
  name: string,
  inputs: Readonly<Record<string, CaseInput>>,
  build: OpCase['build'],
  { runs = [{}], kind = 'ordinary' }: CaseOptions = {},
): OpCase {
  return { op, name, inputs, runs, kind, build }
}

const between = (low: number, high: number): CaseInput['values'] => {
  return (shape, stream) =>
    Array.from({ length: sizeOf(shape) }, (_, i) =>
      Math.fround(low + (high - low) * uniform(1, [stream], i)),
    )
}

/** Uniform numbers that float32 holds exactly, differentiated for. */
export function trained(shape: Shape, low = -1, high = 1): CaseInput {
  return { shape, dtype: 'f32', differentiable: true, values: between(low, high) }
}

/** The same, not differentiated for. */
export function frozen(shape: Shape, low = -1, high = 1): CaseInput {
  return { ...trained(shape, low, high), differentiable: false }
}

/** Stated numbers, differentiated for. */
export function stated(shape: Shape, numbers: readonly number[]): CaseInput {
  const values = numbers.map(Math.fround)
  return { shape, dtype: 'f32', differentiable: true, values: () => values }
}

/** Stated integers. */
export function integers(shape: Shape, numbers: readonly number[]): CaseInput {
  return { shape, dtype: 'i32', differentiable: false, values: () => numbers }
}

/** Random integers in [0, below), which may repeat. */
export function labels(shape: Shape, below: number): CaseInput {
  return {
    shape,
    dtype: 'i32',
    differentiable: false,
    values: (bound, stream) =>
      Array.from({ length: sizeOf(bound) }, (_, i) => Math.floor(uniform(1, [stream], i) * below)),
  }
}

/** Integers in [0, below), each at most once. */
export function uniqueRows(shape: Shape, below: number): CaseInput {
  return {
    shape,
    dtype: 'i32',
    differentiable: false,
    values: ([length], stream) => [...permutation(1, [stream], below).subarray(0, length)],
  }
}

/** `[seq, seq]`: 0 where query i may see key j ≤ i, −1e9 elsewhere. */
export function causalMask(seq: Shape[number]): CaseInput {
  return {
    shape: [seq, seq],
    dtype: 'f32',
    differentiable: false,
    values: ([length]) =>
      Array.from({ length: length * length }, (_, i) =>
        i % length <= Math.floor(i / length) ? 0 : -1e9,
      ),
  }
}

/** `[positions, half]`: f of position · base^(−i / half), f a cosine or a sine. */
export function rotaryTable(
  positions: number,
  half: number,
  turn: (angle: number) => number,
): CaseInput {
  return {
    shape: [positions, half],
    dtype: 'f32',
    differentiable: false,
    values: () =>
      Array.from({ length: positions * half }, (_, i) =>
        Math.fround(turn(Math.floor(i / half) * 100 ** (-(i % half) / half))),
      ),
  }
}
