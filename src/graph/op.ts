import type { Attributes, DType, Node } from './node.ts'
import type { Bindings, Shape } from './shape.ts'

/** A value of the reference engine: float64 for floats, exact integers in the same array type. */
export interface Value {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

/** What an op's ONNX lowering may use. Names are ONNX value names. */
export interface Lowering {
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

/**
 * Everything known about one operation, in one place: shape rule, gradient rule, ONNX lowering, reference evaluation.
 */
export interface Op {
  readonly name: string
  infer(inputs: readonly Node[], attributes: Attributes): { shape: Shape; dtype: DType }
  /**
   * For each input the gradient, or null where none flows. Asked only when some input needs one; `needed[i]`
   * says which.
   */
  gradient?(node: Node, upstream: Node, needed: readonly boolean[]): readonly (Gradient | null)[]
  /** Emits the op; `addend` is given only where `takesAddend` says the op can add it on the way. */
  lower(
    to: Lowering,
    node: Node,
    inputs: readonly string[],
    addend?: string,
  ): string | readonly string[]
  evaluate(node: Node, inputs: readonly Value[], bindings: Bindings): Value | readonly Value[]
  /** The op can add a tensor of its own output's shape while it computes (Gemm's third operand). */
  takesAddend?(node: Node): boolean
  /** The op is a plain sum of two, which the lowering may fold into an input that takes an addend. */
  readonly isSum?: true
  /** The op stands for one of several outputs of its input. */
  selects?(node: Node): number
  /** Has no computation: the engine supplies the value. */
  readonly isSource?: true
  /** The result is the first input under another shape or name: no memory of its own. */
  readonly isView?: true
  /** Carries state from run to run, each result taking the place of an input: it should stay where it is. */
  readonly carriesState?: true
  /** The runtime may write the result over an input of the same shape that nothing else needs. */
  readonly isElementwise?: true
}

/** A gradient contribution: a dense node, or rows to be added at given row numbers of the target by the host. */
export type Gradient = Node | RowGradient

/**
 * `target[indices[n], :] += values[n, :]`, indices possibly repeated. It stays outside the graph: the runtime's
 * ScatterND with repeated indices races, and a typed-array loop is faster.
 */
export interface RowGradient {
  /** `[rows]` i32 */
  readonly indices: Node
  /** `[rows, width]` f32 */
  readonly values: Node
}

export function isRowGradient(gradient: Gradient): gradient is RowGradient {
  return 'values' in gradient
}
