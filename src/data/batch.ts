import type { Example } from './example.ts'

/**
 * The positions of a sequence whose logits a loss sees: `answers`, where they predict an answer token; `read`, where an answer
 * token has just been read; `all`, prompt and padding too; `predicting`, all of these but the last.
 */
export type Positions = 'answers' | 'read' | 'all' | 'predicting'

/** Where a batch has rows, if not at the answers alone. */
export interface BatchPositions {
  /** of each example */
  readonly at: readonly Positions[]
  /** the label of a row that predicts no answer token */
  readonly noLabel: number
}

/** Sequences of one micro-batch, padded on the right to the longest. */
export interface Batch {
  batch: number
  seq: number
  /** `[batch·seq]` i32 token ids */
  tokens: Int32Array
  /** `[answers]` i32 flat position `b·seq + t` whose logits predict the label, token `t + 1` of sequence `b`, unless other positions were asked for; unique, ascending */
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
 * Where all positions of a group are asked for, its padding reaches to the longest of that group: what lies beyond is there
 * for the others only.
 *
 * @param padToken  fills up the shorter sequences; its value does not matter to the result, unless padding is asked for
 * @param positions where rows are; at the answers unless given
 */
export function makeBatch(
  examples: readonly Example[],
  padToken: number,
  positions?: BatchPositions,
): Batch {
  if (examples.length === 0) throw new RangeError('makeBatch: expected at least one example, got 0')
  const batch = examples.length
  const seq = examples.reduce((longest, { tokens }) => Math.max(longest, tokens.length), 0)
  const tokens = new Int32Array(batch * seq).fill(padToken)
  const lengthOf = (at: Positions) => {
    const alike = examples.filter((_, b) => (positions?.at[b] ?? 'answers') === at)
    const longest = alike.reduce((length, { tokens }) => Math.max(length, tokens.length), 0)
    return at === 'predicting' ? longest - 1 : longest
  }
  const rows: number[] = []
  const labels: number[] = []
  const sequenceOf: number[] = []
  examples.forEach((example, b) => {
    tokens.set(example.tokens, b * seq)
    const at = positions?.at[b] ?? 'answers'
    for (let t = 0; t < lengthOf(at); t++) {
      const isLabelled = example.trained[t + 1] === 1
      if (at === 'answers' && !isLabelled) continue
      if (at === 'read' && !example.trained[t]) continue
      rows.push(b * seq + t)
      labels.push(isLabelled ? example.tokens[t + 1] : (positions?.noLabel ?? padToken))
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
