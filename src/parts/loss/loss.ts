import type { z } from 'zod'
import type { Positions } from '../../data/batch.ts'
import { define } from '../../definition.ts'
import type { Node } from '../../graph/index.ts'

/**
 * What a loss may ask for; everything is built when it is first asked for, so what is not asked for is not in the
 * graph.
 *
 * `answers` counts the answer tokens of a micro-batch, `batch` its sequences. The two weights carry the mask and the
 * normaliser: they are 0 outside the loss's group, and the counts in them are those of the whole step, so that the
 * losses of micro-batches add up to the loss of the step.
 */
export interface LossContext {
  /** Layers of the model and width of its residual stream. */
  readonly layers: number
  readonly dim: number
  /** `[batch]`: sums a value per answer token, `[answers]`, over each sequence. */
  sequenceSum(perToken: Node): Node
  /** `[answers]` nats: log p of each label, current model. */
  logProb(): Node
  /** `[batch]` nats: Σ log p over the answer tokens of each sequence, current model. */
  sequenceLogProb(): Node
  /** `[batch]` number of answer tokens of each sequence, f32. */
  sequenceLength(): Node
  /** `[answers, vocab]` logits of the current model at answer positions. */
  logits(): Node
  /** `[answers]` i32. */
  labels(): Node
  /** `[answers]` 1/N for a token of this loss's group, N the group's answer tokens in the whole step; else 0. */
  tokenWeight(): Node
  /** `[batch]` 1/B for a sequence of this loss's group, B the group's sequences in the whole step; else 0. */
  sequenceWeight(): Node
  /** `[answers]` nats: log p of each label under the starting model, cached before training; no gradient. */
  referenceLogProb(): Node
  /** `[batch]` nats: Σ log p under the starting model, cached before training; no gradient. */
  referenceSequenceLogProb(): Node
  /** `[answers, vocab]` logits of the starting model; no gradient. */
  referenceLogits(): Node
  /** `[answers, vocab]` nats: log p of every token under the starting model; finite, no gradient. */
  referenceLogProbs(): Node
  /** `[answers, dim]`: the residual stream after a layer, 0 … layers − 1, where the logits predict the labels. */
  activations(layer: number): Node
  /** The same of the starting model; no gradient. */
  referenceActivations(layer: number): Node
  /**
   * `[batch]` nats: of each sequence of the forget set, Σ log p of the answer that is preferred to the same prompt,
   * current model; 0 for sequences that have none.
   */
  preferredSequenceLogProb(): Node
  /** The same under the starting model, cached before training; no gradient. */
  referencePreferredSequenceLogProb(): Node
  /** `[answers]` 1/N for a token of a preferred answer, N the tokens of preferred answers in the whole step; else 0. */
  preferredTokenWeight(): Node
}

/** The parts of a context that cost something to supply. */
export interface LossNeeds {
  /** One number per answer token, scored once before training; sums over sequences are made of them. */
  readonly referenceLogProb?: true
  /** The logits of the starting model, or what is made of them, at every answer position. */
  readonly referenceDistribution?: true
  /** Logits as a tensor of the graph, with a gradient of the same size. */
  readonly logits?: true
  /** Activations inside the model; where it is all that is needed, the layers above are never computed. */
  readonly activations?: true
  /** Activations of the starting model. */
  readonly referenceActivations?: true
  /** Beside each forget sequence, one with the answer that is preferred to the same prompt. */
  readonly preferred?: true
}

/** A training objective: a scalar to be minimised. */
export interface Loss<Schema extends z.ZodObject = z.ZodObject> {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly formula: string
  /** What minimising it does to the examples it is applied to: make the model forget or keep them. */
  readonly goal: 'forget' | 'retain'
  /**
   * `token-mean`: over all answer tokens of the step, so long answers weigh more.
   * `sequence-sum`: per-sequence sum, then the non-linearity, then the mean over sequences.
   * `sequence-mean`: per-sequence mean, then the non-linearity, then the mean over sequences.
   */
  readonly reduction: 'token-mean' | 'sequence-sum' | 'sequence-mean'
  readonly needs: LossNeeds
  /** What its reference is, where not the starting model: what somebody who never knew would say, which a goal finds out. */
  readonly reference?: 'ignorance'
  /** Its value has no least one, and its gradient does not fade: minimised for long, it ruins the model. */
  readonly unbounded?: true
  /** What the value counts; nats unless said otherwise. */
  readonly unit?: 'activation²' | 'logit²' | 'probability'
  /** Knobs, each with a default and a description; `variant` among them where there are variants. */
  readonly schema: Schema
  /** Other forms that were published or released under the same name; none chosen means the formula. */
  readonly variants?: readonly string[]
  /** How many answer tokens at the start of each sequence are left out. */
  skippedTokens?(knobs: z.infer<Schema>): number
  /** The positions it looks at: where an answer token is predicted, unless given. */
  positions?(knobs: z.infer<Schema>): Positions
  /** Which layer's activations are read, of a model of so many. */
  activationLayer?(knobs: z.infer<Schema>, layers: number): number
  build(context: LossContext, knobs: z.infer<Schema>): Node
}

/** Declares a loss; the types of its knobs are those of its schema. */
export function defineLoss<Schema extends z.ZodObject>(declaration: Loss<Schema>): Loss<Schema> {
  return define('loss', declaration)
}
