import type { CombinerState } from './combiner.ts'

/** The step's two gradients as functions of the weights, for rules that look around. */
export interface GradientField {
  /** ‖θ‖ of the trainable weights, to size a displacement by. */
  readonly weightNorm: number
  /**
   * The gradient of one loss on the step's data at `θ + displacement`; the weights are put back to the bit.
   *
   * @returns an array that is good until the next call
   */
  gradientAt(group: 'forget' | 'retain', displacement: Float32Array): Promise<Float32Array>
  /** An array of the size of a gradient, the same for the same number, with whatever was left in it. */
  buffer(index: number): Float32Array
}

/** Changes the gradients before they are combined, by gradients at other weights. */
export interface Refinement<Knobs = unknown> {
  /** The most that a step needs beyond one per group. */
  readonly backwardPasses: number
  /** Arrays of the size of a gradient beyond one per group: its buffers, one for the field's answer, the weights. */
  readonly gradientBuffers: number
  /** Overwrites the gradients at θ by what the coefficients are to weigh. */
  apply(
    gradients: { readonly forget: Float32Array; readonly retain: Float32Array },
    field: GradientField,
    knobs: Knobs,
    state: CombinerState,
  ): Promise<void>
}
