import {
  add,
  labelLogProb,
  logSoftmax,
  matmul,
  type Node,
  pickLabels,
  softCap,
} from '../graph/index.ts'
import type { LanguageModel, Weights } from './model.ts'

/** `[rows, vocab]`: `hidden · headᵀ`, plus the head's bias where it has one, kept within the logits' cap. */
export function headLogits(model: LanguageModel, weights: Weights, hidden: Node): Node {
  const logits = matmul(hidden, weights.tensor(model.headWeight), { transposeB: true })
  const biased = model.headBias ? add(logits, weights.tensor(model.headBias)) : logits
  return model.logitCap === null ? biased : softCap(biased, model.logitCap)
}

/** `[rows]`: log p of each row's label. */
export function headLogProb(
  model: LanguageModel,
  weights: Weights,
  hidden: Node,
  labels: Node,
): Node {
  if (model.headBias || model.logitCap !== null)
    return pickLabels(logSoftmax(headLogits(model, weights, hidden)), labels)
  return labelLogProb(hidden, weights.tensor(model.headWeight), labels)
}
