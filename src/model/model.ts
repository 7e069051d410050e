import type { Node } from '../graph/index.ts'
import type { Rotary } from './rotary/rotary.ts'
import type { RotaryTables } from './rotary/tables.ts'

/** How a model's graph gets at its weights; adapters come in here. */
export interface Weights {
  /** A weight by its Hugging Face name. */
  tensor(name: string): Node
  /** `x · weightᵀ + bias` of the linear layer `name` (without `.weight`), with its adapter if it has one. */
  linear(x: Node, name: string): Node
}

/** Weights whose nodes a gradient can be taken for, those of an adapter among them. */
export interface GraphWeights extends Weights {
  node(name: string): Node
}

/** Angles of every position, `[positions, headDim/2]` f32. */
export interface TableNodes {
  readonly cos: Node
  readonly sin: Node
}

/** Inputs of a pass over whole sequences, right-padded. No row sees a later one, so padding needs no mask. */
export interface SequenceInputs {
  /** `[batch, seq]` i32 */
  tokens: Node
  /** `[batch, seq]` i32: index of each token in its sequence, for learned positions */
  positions: Node
  /** One a window of the model, `[seq, seq]` f32: 0 where row i may see column j, −1e9 elsewhere */
  masks: readonly Node[]
  /** One a rotary of the model, positions ≥ seq */
  tables: readonly TableNodes[]
  /** `[answers]` i32: flat positions b·seq + t whose hidden state is wanted; unique */
  rows: Node
  /**
   * Changes the residual stream, `[batch·seq, dim]`, on its way: after the embedding (`depth` 0) and after each block but the
   * last (`depth` 1 … layers − 1).
   */
  intervene?(x: Node, depth: number): Node
  /** Changes it after the last block, before the last normalisation, at the wanted rows: `[answers, dim]`. */
  interveneLast?(x: Node): Node
}

/** Inputs of one generation call (see cachedAttention for the meaning of lengths and total). */
export interface CachedInputs {
  /** `[batch, seq]` i32 */
  tokens: Node
  /** `[batch, seq]` i32, as in SequenceInputs */
  positions: Node
  lengths: Node
  total: Node
  /** One a rotary of the model */
  tables: readonly TableNodes[]
  /** `[batch]` i32: flat position of each sequence's last token in this call */
  rows: Node
  /** per layer, `[batch, keyValueHeads, slots, headDim]` f32 */
  keys: readonly Node[]
  values: readonly Node[]
}

/** Inputs of a pass over trees of tokens, one a row: texts that begin alike share what is alike. */
export interface TreeInputs {
  /** `[batch, seq]` i32: each token after the one it follows */
  tokens: Node
  /** `[batch, seq]` i32: depth of each token, its index in its text */
  positions: Node
  /** One a window, `[batch, 1, 1, seq, seq]` f32: 0 where a row may see, itself and those it follows, −1e9 elsewhere */
  masks: readonly Node[]
  /** One a rotary, positions ≥ seq */
  tables: readonly TableNodes[]
  /** `[answers]` i32: flat positions whose hidden state is wanted; may repeat */
  rows: Node
}

/** What is ready for the head, and what attention reads of each layer. */
export interface HiddenStates {
  readonly hidden: Node
  readonly keys: readonly Node[]
  readonly values: readonly Node[]
}

/** A decoder-only language model read from a `config.json`: its weights' shapes and its graphs. */
export interface LanguageModel {
  readonly modelType: string
  readonly vocab: number
  readonly dim: number
  readonly layers: number
  readonly keyValueHeads: number
  readonly headDim: number
  readonly maxPositions: number
  /** How wide attention sees, each way once: a token and the window − 1 before it; null: all before it. */
  readonly windows: readonly (number | null)[]
  /** How positions turn queries and keys, each way once. */
  readonly rotaries: readonly Rotary[]
  /** Where positions end that the model can tell apart, and generation with them; null: no end. */
  readonly positionLimit: number | null
  /** Every stored tensor by its Hugging Face name. */
  readonly parameters: ReadonlyMap<string, readonly number[]>
  /** Tensors that some folders store though they only repeat another: the head of a tied model. Copy → original. */
  readonly copies: ReadonlyMap<string, string>
  /** Linear layers that can carry an adapter, without `.weight`. */
  readonly linears: readonly string[]
  /** Those of them whose weight is stored `[in, out]`. */
  readonly transposed: ReadonlySet<string>
  /** The weight whose rows are the embeddings of tokens. */
  readonly embeddingWeight: string
  /** The weight whose rows give the logits. */
  readonly headWeight: string
  /** A bias on the logits, where the family has one. */
  readonly headBias: string | null
  /** Logits are kept within ± this, by a soft cap; null: they are not. */
  readonly logitCap: number | null
  /** Whether what a block's matrices give is added to the residual stream as it is. */
  readonly addsPlainly: boolean
  /** `[answers, dim]`: the wanted positions after the last normalisation, ready for the head. */
  hidden(weights: Weights, inputs: SequenceInputs): Node
  /**
   * The same of trees of tokens, and each layer's keys, turned, and values, `[batch, keyValueHeads, seq, headDim]`. Not
   * differentiable, since rows may repeat.
   */
  treeStates(weights: Weights, inputs: TreeInputs): HiddenStates
  /** `[answers, dim]`: the residual stream at the wanted positions after the block of a layer, 0 … layers − 1. */
  activations(weights: Weights, inputs: SequenceInputs, layer: number): Node
  /** One generation call: `[batch, dim]` ready for the head, and the caches after it. */
  cachedHidden(weights: Weights, inputs: CachedInputs): HiddenStates
  /** Of one of its rotaries. */
  rotaryTables(positions: number, rotary?: number): RotaryTables
  /** `[seq, seq]` additive causal mask of one of its windows. */
  mask(seq: number, window?: number): Float32Array
  /** Fresh values for training from nothing. */
  initialValue(name: string, seed: number): Float32Array
}

/** One file per family: which `model_type`s it reads, and how. */
export interface Architecture {
  readonly modelTypes: readonly string[]
  /**
   * @param stored what tensors the folder has, for families whose names vary
   * @throws UserError naming every option that is not supported
   */
  build(
    config: Readonly<Record<string, unknown>>,
    file: string,
    stored: (name: string) => boolean,
  ): LanguageModel
}
