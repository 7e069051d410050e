import {
  gradients,
  input,
  logSoftmax,
  mul,
  type Node,
  neg,
  pickLabels,
  stopGradient,
  sum,
} from '../graph/index.ts'
import { headLogits } from '../model/head.ts'
import type { LanguageModel } from '../model/model.ts'
import { graphWeights } from '../model/weights.ts'
import { sequenceInputs } from '../train/objective.ts'

/**
 * The graph in which a token's embedding is learned: `−Σ tokenWeight·log p(label)`, and its gradient for what each place
 * of the batch looks up, `[batch·seq, dim]`; the rows where the token stands add up to that of its embedding.
 *
 * The head is held still, also where it is the same matrix as the embedding.
 */
export function tokenObjective(model: LanguageModel): { loss: Node; values: Node } {
  const weights = graphWeights(model)
  const hidden = model.hidden(weights, sequenceInputs(model))
  const head = { ...weights, tensor: (name: string) => stopGradient(weights.tensor(name)) }
  const labels = input('labels', ['answers'], 'i32')
  const logProb = pickLabels(logSoftmax(headLogits(model, head, hidden)), labels)
  const loss = neg(sum(mul(logProb, input('tokenWeight', ['answers']))))
  const [{ rows }] = gradients(loss, [weights.node(model.embeddingWeight)])
  return { loss, values: rows[0].values }
}
