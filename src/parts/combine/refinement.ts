/** What a combiner remembers between steps; JSON, so that a run resumes exactly. */
export type CombinerState = Readonly<Record<string, number>>

/** The step's two gradients as functions of the weights, for rules that need gradients at other weights. */
export interface DisplacedGradients {
  /** The trainable weights θ, which are not to be touched. */
  readonly weights: Float32Array
  /** ‖θ‖, to size a displacement by. */
  readonly weightNorm: number
  /**
   * The gradient of one loss on the step's data at `θ + displacement`; the weights are put back to the bit.
   *
   * @returns the loss there, and an array that is good until the next call
   */
  gradientAt(
    group: 'forget' | 'retain',
    displacement: Float32Array,
  ): Promise<{ gradient: Float32Array; loss: number }>
  /** An array of the size of a gradient, the same for the same number, with whatever was left in it. */
  buffer(index: number): Float32Array
  /** An array that is kept from step to step and stored with the run, by a name in `Refinement.memory`; zero at first. */
  memory(name: string): Float32Array
}

/** Changes the gradients before they are combined, by gradients at other weights. */
export interface Refinement<Knobs = unknown> {
  /** The most that a step needs beyond one per group. */
  readonly backwardPasses: number
  /**
   * Arrays of the size of a gradient beyond one per group: its buffers and its memory, one for the answer at displaced
   * weights, the weights.
   */
  readonly gradientBuffers: number
  /** Names of the arrays that it keeps. */
  readonly memory?: readonly string[]
  /**
   * Overwrites the gradients at θ by what the coefficients are to weigh.
   *
   * @returns the state for the coefficients; a step that is not finite leaves it, and must leave memory, as they were
   */
  apply(
    gradients: { readonly forget: Float32Array; readonly retain: Float32Array },
    displaced: DisplacedGradients,
    knobs: Knobs,
    state: CombinerState,
  ): Promise<CombinerState>
}
