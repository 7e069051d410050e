import { add, labelLogProb, logSoftmax, matmul, type Node, pickLabels } from '../graph/index.ts'
import type { LanguageModel, Weights } from './model.ts'

/** `[rows, vocab]`: `hidden · headᵀ`, plus the head's bias where it has one. */
export function headLogits(model: LanguageModel, weights: Weights, hidden: Node): Node {
  const logits = matmul(hidden, weights.tensor(model.headWeight), { transposeB: true })
  return model.headBias ? add(logits, weights.tensor(model.headBias)) : logits
}

/** `[rows]`: log p of each row's label. */
export function headLogProb(
  model: LanguageModel,
  weights: Weights,
  hidden: Node,
  labels: Node,
): Node {
  if (model.headBias) return pickLabels(logSoftmax(headLogits(model, weights, hidden)), labels)
  return labelLogProb(hidden, weights.tensor(model.headWeight), labels)
}
