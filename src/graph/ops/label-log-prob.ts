import { apply, type Node } from '../node.ts'
import type { Op } from '../op.ts'
import { mul, sub } from './arithmetic.ts'
import { embedding, requireLabels } from './gather.ts'
import { matmul } from './matmul.ts'
import { reshape } from './reshape.ts'
import { logSoftmaxRow, softmax } from './softmax.ts'

/** Inputs: hidden, weight, labels, logits, probability; the last two are nodes of their own so that they are shared. */
const labelLogProbOp: Op = {
  name: 'labelLogProb',
  infer([hidden, , labels]) {
    requireLabels('labelLogProb', hidden, labels)
    return { shape: [hidden.shape[0]], dtype: 'f32' }
  },
  gradient(node, g, needed) {
    const [hidden, weight, labels, , probability] = node.inputs
    const column = reshape(g, [node.shape[0], 1])
    const weighted = mul(hidden, column)
    const forHidden = () => mul(sub(embedding(weight, labels), matmul(probability, weight)), column)
    // −Pᵀ(g·h) is dense; the + g·h at the label's row is left to the caller's row update.
    const dense = () => matmul(probability, weighted, { transposeA: true, alpha: -1 })
    return [needed[0] ? forHidden() : null, needed[1] ? dense() : null, null, null, null]
  },
  evaluate(_, [, , labels, logits]) {
    const width = logits.shape[1]
    return {
      shape: [logits.shape[0]],
      data: labels.data.map((label, i) => {
        const row = logits.data.subarray(i * width, (i + 1) * width)
        return logSoftmaxRow(row)[label]
      }),
    }
  },
}

/** Adds nothing to the value; carries the row update g·h to the weight's label rows. */
const labelRowsOp: Op = {
  name: 'labelRows',
  isView: true,
  infer: ([x]) => x,
  gradient(node, g, needed) {
    const [, hidden, , labels] = node.inputs
    const values = mul(hidden, reshape(g, [node.shape[0], 1]))
    return [g, null, needed[2] ? { indices: labels, values } : null, null]
  },
  evaluate: (_, [x]) => x,
}

/**
 * log p(label) under softmax(hidden · weightᵀ): head, log-softmax and pick in one.
 *
 * `logProb_i = z_i[label_i] − ln Σ_v e^{z_i[v]}`, `∂hidden = g·(W[label] − P·W)`,
 * `∂weight = −Pᵀ(g·hidden)` plus the row update `g·hidden` at the label rows. No one-hot, and no logits gradient.
 *
 * @param hidden `[answers, dim]` f32, after the last normalisation, at answer positions only
 * @param weight `[vocab, dim]` f32
 * @param labels `[answers]` i32
 * @returns `[answers]` f32, nats
 */
export function labelLogProb(hidden: Node, weight: Node, labels: Node): Node {
  const logits = matmul(hidden, weight, { transposeB: true })
  const value = apply(labelLogProbOp, [hidden, weight, labels, logits, softmax(logits)])
  return apply(labelRowsOp, [value, hidden, weight, labels])
}
