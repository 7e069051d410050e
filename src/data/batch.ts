import type { Example } from './example.ts'

/** Sequences of one micro-batch, padded on the right to the longest. */
export interface Batch {
  batch: number
  seq: number
  /** `[batch·seq]` i32 token ids */
  tokens: Int32Array
  /** `[answers]` i32 flat position `b·seq + t` whose logits predict the label, token `t + 1` of sequence `b`; unique, ascending */
  rows: Int32Array
  /** `[answers]` i32 token ids */
  labels: Int32Array
  /** `[answers]` i32 which sequence, 0 … batch − 1 */
  sequenceOf: Int32Array
  /** `[batch]` i32 `index` of each sequence's example */
  examples: Int32Array
}

/**
 * Puts examples into one padded batch.
 *
 * Padding is on the right, so under a causal mask no real token sees it, and no padded position is a row.
 *
 * @param examples at least one
 * @param padToken fills up the shorter sequences; its value does not matter to the result
 */
export function makeBatch(examples: readonly Example[], padToken: number): Batch {
  if (examples.length === 0) throw new RangeError('makeBatch: expected at least one example, got 0')
  const batch = examples.length
  const seq = examples.reduce((longest, { tokens }) => Math.max(longest, tokens.length), 0)
  const tokens = new Int32Array(batch * seq).fill(padToken)
  const rows: number[] = []
  const labels: number[] = []
  const sequenceOf: number[] = []
  examples.forEach((example, b) => {
    tokens.set(example.tokens, b * seq)
    for (let t = 0; t + 1 < example.tokens.length; t++) {
      if (!example.trained[t + 1]) continue
      rows.push(b * seq + t)
      labels.push(example.tokens[t + 1])
      sequenceOf.push(b)
    }
  })
  return {
    batch,
    seq,
    tokens,
    rows: Int32Array.from(rows),
    labels: Int32Array.from(labels),
    sequenceOf: Int32Array.from(sequenceOf),
    examples: Int32Array.from(examples, ({ index }) => index),
  }
}
