import type { Tokenizer } from '../../checkpoint/tokenizer.ts'
import type { Example } from '../../data/example.ts'
import type { BenchmarkRow } from './load-set.ts'

/** Examples as training reads them, in any shape of a data file, as rows of a benchmark with the scored text `answer`. */
export function exampleRows(
  set: string,
  examples: readonly Example[],
  tokenizer: Tokenizer,
): BenchmarkRow[] {
  return examples.map((example): BenchmarkRow => {
    const { tokens, prompt, answer } = probeOf(example, tokenizer)
    return {
      set,
      index: example.index,
      prompt,
      promptTokens: tokens,
      texts: { answer: [{ text: answer, example }] },
      reference: answer,
    }
  })
}

/** The prompt an example's greedy answer starts from, and the text it is compared with. */
export function probeOf(example: Example, tokenizer: Tokenizer) {
  if (example.prompt !== '')
    return {
      tokens: example.tokens.subarray(0, example.promptLength),
      prompt: example.prompt,
      answer: example.answer,
    }
  // Plain text has no question: its first half is the prompt, its second half the answer.
  const half = Math.max(1, Math.ceil(example.tokens.length / 2))
  const decode = (tokens: Int32Array) => tokenizer.decode(tokens, { skipSpecialTokens: true })
  return {
    tokens: example.tokens.subarray(0, half),
    prompt: decode(example.tokens.subarray(0, half)),
    answer: decode(example.tokens.subarray(half)),
  }
}
