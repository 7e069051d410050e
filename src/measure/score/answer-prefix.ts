import type { BenchmarkRow } from '../rows/load-set.ts'
import type { SequenceScores } from './text-scorer.ts'

/** The prefix of a greedy answer that is known before anything is generated. */
export interface AnswerPrefix {
  readonly tokens: Int32Array
  /** whether it ends here */
  readonly ended: boolean
}

/**
 * Reads the prefix of a row's greedy answer off the scores of its texts: as long as each token of a text is the model's
 * own choice, generation would have chosen it too. A model that remembers an answer has its greedy answer in this way
 * without generating any of it.
 *
 * @param scores of the row's texts, in their order
 */
export function answerPrefix(
  row: Pick<BenchmarkRow, 'promptTokens' | 'texts'>,
  scores: readonly SequenceScores[],
  stopTokens: readonly number[],
  maxNewTokens: number,
): AnswerPrefix {
  const { promptTokens } = row
  const from = promptTokens.length
  let longest: AnswerPrefix = { tokens: new Int32Array(), ended: maxNewTokens === 0 }
  for (const [i, { example }] of Object.values(row.texts).flat().entries()) {
    const { tokens, trained } = example
    // Where the tokens do not part at the prompt's end, or not all after it are scored, they are another sequence.
    if (promptTokens.some((token, at) => tokens[at] !== token)) continue
    if (trained.some((is, at) => Boolean(is) !== at >= from)) continue
    const { firstChoice } = scores[i]
    const other = firstChoice.indexOf(false)
    const chosen = tokens.subarray(from, other < 0 ? tokens.length : from + other)
    const stop = chosen.findIndex((token) => stopTokens.includes(token))
    const kept = chosen.subarray(0, Math.min(maxNewTokens, stop < 0 ? chosen.length : stop))
    const ended = stop >= 0 || chosen.length >= maxNewTokens
    if (ended) return { tokens: kept, ended }
    if (kept.length > longest.tokens.length) longest = { tokens: kept, ended }
  }
  return longest
}
