import type { Bindings, Shape } from './shape.ts'

/** Element type on the device. The reference engine holds every float in float64. */
export type DType = 'f32' | 'i32' | 'i64' | 'bool'

export type Attributes = Readonly<Record<string, unknown>>

/**
 * One value of a static graph. Nodes are immutable and point to what they are made of, so a graph is nothing but
 * the nodes reachable from its outputs; adding gradients adds nodes.
 */
export interface Node {
  readonly op: Op
  readonly inputs: readonly Node[]
  readonly attributes: Attributes
  readonly shape: Shape
  readonly dtype: DType
}

/** A value of the reference engine: float64 for floats, exact integers in the same array type. */
export interface Value {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

/**
 * Everything known about one operation, in one place: shape rule, gradient rule, reference evaluation. How a runtime computes it
 * lies with the engine.
 */
export interface Op {
  readonly name: string
  infer(inputs: readonly Node[], attributes: Attributes): { shape: Shape; dtype: DType }
  /**
   * For each input the gradient, or null where none flows. Asked only when some input needs one; `needed[i]`
   * says which.
   */
  gradient?(node: Node, upstream: Node, needed: readonly boolean[]): readonly (Gradient | null)[]
  evaluate(node: Node, inputs: readonly Value[], bindings: Bindings): Value | readonly Value[]
  /** The op stands for one of several outputs of its input. */
  selects?(node: Node): number
  /** Has no computation: the engine supplies the value. */
  readonly isSource?: true
  /** The result is the first input under another shape or name: no memory of its own. */
  readonly isView?: true
  /** Carries state from run to run, each result taking the place of an input: it should stay where it is. */
  readonly carriesState?: true
  /** The result may be written over an input of the same shape that nothing else needs. */
  readonly isElementwise?: true
}

/** A gradient contribution: a dense node, or rows to be added at given row numbers of the target by the host. */
export type Gradient = Node | RowGradient

/**
 * `target[indices[n], :] += values[n, :]`, indices possibly repeated. It stays outside the graph: scatters with
 * repeated indices race in some runtimes, and a typed-array loop is faster.
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
