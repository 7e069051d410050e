import type { Node, Shape } from '../../../graph/index.ts'

/**
 * Emits one op as ONNX.
 *
 * @param inputs names of the op's inputs
 * @param addend a tensor of the result's shape to be added on the way; given only to a product that `takesAddend`
 * @returns the name of the result; of each, where the op has several
 */
export type Lowering = (
  to: OnnxWriter,
  node: Node,
  inputs: readonly string[],
  addend?: string,
) => string | readonly string[]

/** The ONNX model under construction, as a lowering sees it. Names are ONNX value names. */
export interface OnnxWriter {
  /** Adds a node of one output and returns the output's name. */
  emit(
    opType: string,
    inputs: readonly string[],
    attributes?: Record<string, OnnxAttribute>,
    domain?: string,
  ): string
  /** The same for a node of several outputs. */
  emitMany(
    count: number,
    opType: string,
    inputs: readonly string[],
    attributes?: Record<string, OnnxAttribute>,
    domain?: string,
  ): readonly string[]
  /** A float32 scalar constant. */
  float(value: number): string
  /** An int64 vector constant (axes, permutations). */
  ints(values: readonly number[]): string
  /** An int64 vector holding a shape; where it is not constant the engine feeds it at run time. */
  shape(shape: Shape): string
  /** A constant tensor. */
  constant(data: Float32Array | Int32Array, shape: readonly number[]): string
}

/** ONNX attributes by their type: integers and floats must not be mixed up. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }

/** Element types of ONNX's Cast and of its tensors (TensorProto.DataType). */
export const elementTypes = { f32: 1, i32: 6, i64: 7, bool: 9 } as const

/** The lowering of an op that ONNX has under one name, with the same inputs. */
export function named(opType: string, attributes?: Record<string, OnnxAttribute>): Lowering {
  return (to, _, inputs) => to.emit(opType, inputs, attributes)
}
