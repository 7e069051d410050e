import { type Batch, makeBatch } from '../data/batch.ts'
import type { Example } from '../data/example.ts'
import { lengthBatches } from '../data/length-batches.ts'
import type { Engine, Tensor } from '../engine/engine.ts'
import { valuesFor } from '../engine/ports.ts'
import type { LanguageModel, Weights } from '../model/model.ts'
import type { BatchInputs } from './batch-inputs.ts'
import { buildActivations, buildScorer } from './objective.ts'

/** The log-probability of an example's answer. */
export interface AnswerScore {
  /** Σ log p over the answer tokens, nats */
  readonly logProb: number
  readonly tokens: number
}

export interface Scorer {
  /** Scores in the order of the examples; batches are formed by length. */
  score(examples: readonly Example[]): Promise<AnswerScore[]>
  /** `[answers]` nats of each example's answer tokens. */
  tokenLogProbs(examples: readonly Example[]): Promise<Float32Array[]>
  dispose(): void
}

const tokensPerBatch = 2048

/**
 * A scorer: the log-probability of each answer token given what comes before it (teacher forcing), without a gradient.
 *
 * `log p(y_t | x, y_<t)` in nats for every token that an example trains on. One forward pass a batch of at most 2048
 * padded tokens, or of one longer example; weights are read as they are at each call.
 *
 * Numerics: f32 log-softmax; sums over an answer in float64. The company in a batch may change the last bits.
 *
 * @param options.weights  with or without adapters, and so the model that is scored
 * @param options.values   f32 by name, every weight and adapter matrix that `weights` asks for
 * @param options.padToken fills up shorter examples of a batch; no position attends to it
 * @returns a scorer; `dispose` frees the program, not the weights
 */
export async function createScorer(options: {
  engine: Engine
  model: LanguageModel
  weights: Weights
  values: ReadonlyMap<string, Tensor>
  inputs: BatchInputs
  padToken: number
}): Promise<Scorer> {
  const { engine, model, weights, values, inputs, padToken } = options
  const program = await engine.compile(buildScorer(model, weights, { allLogits: false }))
  const weightInputs = valuesFor(program, values)
  const tokenLogProbs = async (examples: readonly Example[]) => {
    const found = new Array<Float32Array>(examples.length)
    for (const items of lengthBatches(examples, tokensPerBatch)) {
      const batch = makeBatch(
        items.map((i) => examples[i]),
        padToken,
      )
      const logProb = new Float32Array(batch.rows.length)
      await program.run({ ...weightInputs, ...inputs.batch(batch) }, { logProb })
      // The rows of a batch are in the order of its sequences.
      let start = 0
      for (const [sequence, item] of items.entries()) {
        let end = start
        while (end < logProb.length && batch.sequenceOf[end] === sequence) end++
        found[item] = logProb.slice(start, end)
        start = end
      }
    }
    return found
  }
  return {
    tokenLogProbs,
    async score(examples) {
      const all = await tokenLogProbs(examples)
      return all.map((tokens) => ({
        logProb: tokens.reduce((sum, logP) => sum + logP, 0),
        tokens: tokens.length,
      }))
    },
    dispose: () => program.dispose(),
  }
}

/** Gives the logits of a fixed model for a batch: `[answers, vocab]`. */
export async function createReferenceLogits(options: {
  engine: Engine
  model: LanguageModel
  weights: Weights
  values: ReadonlyMap<string, Tensor>
  inputs: BatchInputs
}): Promise<{ logits(batch: Batch): Promise<Float32Array>; dispose(): void }> {
  const { engine, model, weights, values, inputs } = options
  const program = await engine.compile(buildScorer(model, weights, { allLogits: true }))
  const weightInputs = valuesFor(program, values)
  return {
    async logits(batch) {
      const { labels: _, ...unlabelled } = inputs.batch(batch)
      const logits = new Float32Array(batch.rows.length * model.vocab)
      await program.run({ ...weightInputs, ...unlabelled }, { logits })
      return logits
    },
    dispose: () => program.dispose(),
  }
}

/** Gives the activations of a fixed model for a batch: `[answers, dim]` after a layer. */
export async function createReferenceActivations(options: {
  engine: Engine
  model: LanguageModel
  weights: Weights
  values: ReadonlyMap<string, Tensor>
  inputs: BatchInputs
  layer: number
}): Promise<{ activations(batch: Batch): Promise<Float32Array>; dispose(): void }> {
  const { engine, model, weights, values, inputs, layer } = options
  const program = await engine.compile(buildActivations(model, weights, layer))
  const weightInputs = valuesFor(program, values)
  return {
    async activations(batch) {
      const { labels: _, ...unlabelled } = inputs.batch(batch)
      const activations = new Float32Array(batch.rows.length * model.dim)
      await program.run({ ...weightInputs, ...unlabelled }, { activations })
      return activations
    },
    dispose: () => program.dispose(),
  }
}
