import { createGenerator, type Generator } from '../../model/generate.ts'
import { graphWeights } from '../../model/weights.ts'
import type { Session } from '../../train/session.ts'
import { createTextScorer, type TextScorer } from './text-scorer.ts'

/** Positions of the key/value cache that prompts answered together may take in a run, whose plan counts them. */
export const cachedPositions = 4096

/** Scores and answers of a model, with the weights of a session, adapters included, as they are at each call. */
export interface Measurer {
  readonly session: Session
  readonly scorer: TextScorer
  readonly generator: Generator
  /** Positions of the key/value cache of one batch; answers do not depend on it. */
  readonly cachePositions?: number
  /** Frees programs and caches; they are made again when they are needed, as after a training that had the memory for itself. */
  dispose(): void
}

/** Builds a session's scorer and generator. `tokensPerBatch`: padded tokens of one scoring pass; scores do not depend on it. */
export async function createMeasurer(
  session: Session,
  options: { readonly tokensPerBatch?: number; readonly cachePositions?: number } = {},
): Promise<Measurer> {
  const { engine, model, store, inputs, tokenizer } = session
  const { cachePositions, ...batching } = options
  const weights = graphWeights(model, store.trainable.adapter)
  const common = { engine, model, weights, values: store.tensors }
  const { padToken } = tokenizer
  const scorer = await createTextScorer({ ...common, inputs, padToken, ...batching })
  const generator = await createGenerator(common)
  return {
    session,
    scorer,
    generator,
    ...(cachePositions !== undefined && { cachePositions }),
    dispose() {
      scorer.dispose()
      generator.dispose()
    },
  }
}
