import { createGenerator } from '../model/generate.ts'
import { graphWeights } from '../model/weights.ts'
import { createScorer } from '../train/scorer.ts'
import type { Session } from '../train/session.ts'
import type { Evaluator } from './evaluate.ts'

/** Scoring and greedy answering with the weights of a session, adapters included, as they are at each call. */
export async function createEvaluator(session: Session, maxNewTokens: number): Promise<Evaluator> {
  const { engine, model, store, feeds, tokenizer, stopTokens } = session
  const weights = graphWeights(model, store.trainable.adapter)
  const values = store.tensors
  return {
    scorer: await createScorer({
      engine,
      model,
      weights,
      values,
      feeds,
      padToken: tokenizer.padToken,
    }),
    generator: await createGenerator({ engine, model, weights, values }),
    tokenizer,
    stopTokens,
    maxNewTokens,
  }
}
