import type { z } from 'zod'
import { define } from '../../definition.ts'

/** What a selector of tokens remembers between steps; JSON, so that a run resumes exactly. */
export type SelectorState = Readonly<Record<string, number>>

/** One example as a selector of tokens sees it. */
export interface TokenSequence {
  /** `[tokens]` i32 */
  readonly tokens: Int32Array
  /** `[tokens]` 1 where the token is an answer token */
  readonly trained: Uint8Array
}

/** What is known when tokens are chosen. Lists are in the order of `sequences`, arrays `[answers]` of one example. */
export interface TokenInput {
  readonly sequences: readonly TokenSequence[]
  /** The other set of the method; null where there is none, or where the selector does not need it. */
  readonly others: readonly TokenSequence[] | null
  /** Nats: log p of each answer token now, where needed. */
  readonly logProb: readonly Float32Array[]
  /** Nats: entropy of the distribution that each answer token is drawn from, where needed. */
  readonly entropy: readonly Float32Array[]
  /** Nats: log p under the model in the folder that the knob `assistant` names, where needed. */
  readonly assistantLogProb: readonly Float32Array[]
  /** What the selector remembers. */
  readonly state: SelectorState
}

/** Decides how much each answer token of a data set takes part: 0 for not at all. */
export interface TokenSelector<Schema extends z.ZodObject = z.ZodObject> {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly formula: string
  /** Knobs, each with a description. */
  readonly schema: Schema
  /** `start`: once, on the whole set, before training. `step`: anew in each step, on its tokens, for a forward pass more. */
  readonly when: 'start' | 'step'
  readonly needs: {
    readonly others?: true
    readonly logProb?: true
    readonly entropy?: true
    readonly assistantLogProb?: true
  }
  /** Of a selector with a memory, which chooses in each step: what it remembers at first. */
  init?(knobs: z.infer<Schema>): SelectorState
  /** `[answers]` for each sequence, in their order. */
  weigh(input: TokenInput, knobs: z.infer<Schema>): Float32Array[]
  /** What to remember once a step is made on the tokens that it chose of this; not asked where it was not finite. */
  after?(input: TokenInput, knobs: z.infer<Schema>): SelectorState
}

/** Gradients of the starting model, over what is trained, for selectors of examples. */
export interface GradientProbe {
  /** Numbers in a gradient. */
  readonly size: number
  /** ∇ of the mean of −log p over the answer tokens of one example; good until the next call. */
  example(set: 'own' | 'other', place: number): Promise<Float32Array>
  /** ∇ of the mean of −log p over all answer tokens of a set; good until the next call. */
  mean(set: 'own' | 'other'): Promise<Float32Array>
  /**
   * −log p per answer token of each own example, in nats, after a few steps of sign descent on
   * `Σ_i weights_i·ℓ_i / Σ_i weights_i` from the starting model, which is restored.
   */
  lossesAfter(options: {
    weights: Float32Array
    steps: number
    learningRate: number
  }): Promise<Float64Array>
}

/** What is known when examples are chosen. */
export interface ExampleInput {
  /** Examples of the set that is chosen from, and of the method's other set; 0 where there is none. */
  readonly count: number
  readonly otherCount: number
  readonly gradients: GradientProbe
  readonly seed: number
}

/** Decides how much each example of a data set takes part: 0 leaves it out. */
export interface ExampleSelector<Schema extends z.ZodObject = z.ZodObject> {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly formula: string
  readonly schema: Schema
  /** Whether it looks at the method's other set. */
  readonly needsOther: boolean
  /** `[examples]` */
  weigh(input: ExampleInput, knobs: z.infer<Schema>): Promise<Float32Array>
}

/** Declares a selector of tokens; the types of its knobs are those of its schema. */
export function defineTokenSelector<Schema extends z.ZodObject>(
  declaration: TokenSelector<Schema>,
): TokenSelector<Schema> {
  return define('token selector', declaration)
}

/** Declares a selector of examples; the types of its knobs are those of its schema. */
export function defineExampleSelector<Schema extends z.ZodObject>(
  declaration: ExampleSelector<Schema>,
): ExampleSelector<Schema> {
  return define('example selector', declaration)
}
