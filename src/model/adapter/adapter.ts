import type { z } from 'zod'
import type { GraphWeights, LanguageModel, Weights } from '../model.ts'

/** Values of tensors by name: weights of the model, and tensors of the adapter. */
export type ReadTensor = (name: string) => Promise<Float32Array>

/**
 * A family of adapters: a few trained tensors beside frozen weights. A recipe asks for one by
 * `train.parameters: { <id>: { …knobs } }`.
 *
 * It can carry whatever changes weights or linear layers and can be merged into the weights at export: other
 * decompositions (DoRA, whose norms `adapt` takes of the frozen weight), rotations of a weight, sums of experts, trained
 * rows of the embedding for tokens that a prompt holds. It cannot carry what no weight can hold once trained, such as a
 * router that reads the input, nor virtual tokens that make the sequence longer.
 */
export interface AdapterFamily<Schema extends z.ZodObject = z.ZodObject> {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly formula: string
  /** One sentence, for editors of recipes. */
  readonly summary: string
  /** Knobs, each with a default and a description. */
  readonly schema: Schema
  /** Knobs by which it begins in another way, beside the defaults; a conformance test tries each. */
  readonly variants: readonly Partial<z.infer<Schema>>[]
  /** @throws UserError where the knobs name layers that the model has not */
  place(model: LanguageModel, knobs: z.infer<Schema>): Adapter
}

/** An adapter placed in a model. */
export interface Adapter {
  /** Shapes of its trained tensors by name, in the order in which they are kept. */
  readonly shapes: ReadonlyMap<string, readonly number[]>
  /** Names of the frozen weights that it changes. */
  readonly weights: readonly string[]
  /** The model's access to its weights with the adapter in it. */
  adapt(plain: GraphWeights): Weights
  /** First values of one of its tensors, a function of (name, seed). Unless it has a `start`, they change nothing. */
  initial(name: string, seed: number): Float32Array
  /** A weight of the model with the adapter merged in: `read(name)` itself where it is not changed. */
  merged(name: string, read: ReadTensor): Promise<Float32Array>
  /** Overwrites its tensors so that it changes nothing: how a model goes on whose merged weights were read back. */
  neutralise(write: (name: string, values: Float32Array) => Promise<void>): Promise<void>
  /** How it begins where that depends on weights or data; null: with `initial`. */
  readonly start: AdapterStart | null
}

/**
 * A beginning that depends on the weights or on the data. The weights beside the adapter are changed with it, so that the
 * model is as before: what is asked of the starting model is asked first, or of a copy, and the tensors at the start are
 * stored with each state, since the weights beside them follow from those.
 */
export interface AdapterStart {
  readonly needs: StartNeeds
  /**
   * Most bytes that `begin` takes beside what it is given.
   *
   * @param sizes numbers in each of the changed weights
   */
  workBytes(sizes: readonly number[]): number
  /** First values of the adapter's tensors beside one weight, by name. */
  begin(name: string, given: StartingWeight): ReadonlyMap<string, Float32Array>
  /** The weight to stand beside the adapter's tensors, so that both together are `read(name)`. */
  beside(name: string, read: ReadTensor): Promise<Float32Array>
}

export interface StartNeeds {
  /** The diagonal of the Fisher information of the changed weights, on the forget and on the retain set. */
  readonly fisher?: true
}

/** What is known of a weight when its adapter begins; arrays in the layout in which it is stored. */
export interface StartingWeight {
  readonly weight: Float32Array
  /** Diagonals of the Fisher information, where they are needed; zero of a set that is not there. */
  readonly fisher: { readonly forget: Float32Array; readonly retain: Float32Array } | null
  readonly seed: number
}

/** Declares a family of adapters; the types of its knobs are those of its schema. */
export function defineAdapter<Schema extends z.ZodObject>(
  declaration: AdapterFamily<Schema>,
): AdapterFamily<Schema> {
  return declaration
}
