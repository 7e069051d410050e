import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import type { Example } from '../data/example.ts'
import type { EvaluationRecord, EvaluationSet } from '../metric/index.ts'
import type { Generator } from '../model/generate.ts'
import { lengthBatches, type Scorer } from '../train/scorer.ts'

export interface Evaluator {
  readonly scorer: Scorer
  readonly generator: Generator
  readonly tokenizer: Tokenizer
  /** Tokens at which a greedy answer ends. */
  readonly stopTokens: readonly number[]
  readonly maxNewTokens: number
}

/** Positions of the key/value cache that prompts answered together may take. */
export const cachedPositions = 4096

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

/** What a model says, as a reader sees it and as it was generated. */
export interface GreedyAnswer {
  readonly text: string
  readonly tokens: Int32Array
}

/** Greedy answers in the order of the examples. */
export async function greedyAnswers(
  examples: readonly Example[],
  { generator, tokenizer, stopTokens, maxNewTokens }: Evaluator,
): Promise<GreedyAnswer[]> {
  const probes = examples.map((example) => probeOf(example, tokenizer))
  const answers = new Array<GreedyAnswer>(examples.length)
  const slots = probes.map(({ tokens }) => ({ tokens: { length: tokens.length + maxNewTokens } }))
  for (const items of lengthBatches(slots, cachedPositions)) {
    const generated = await generator.generate(
      items.map((i) => probes[i].tokens),
      { maxNewTokens, stopTokens },
    )
    for (const [i, item] of items.entries()) {
      const tokens = generated[i]
      answers[item] = { text: tokenizer.decode(tokens, { skipSpecialTokens: true }).trim(), tokens }
    }
  }
  return answers
}

/** One record per example: its answer's score and the greedy answer. Metrics are functions of these records. */
export async function evaluateSet(
  set: EvaluationSet,
  examples: readonly Example[],
  evaluator: Evaluator,
): Promise<EvaluationRecord[]> {
  const scores = await evaluator.scorer.score(examples)
  const generated = await greedyAnswers(examples, evaluator)
  return examples.map((example, i) => {
    const { prompt, answer } = probeOf(example, evaluator.tokenizer)
    return {
      set,
      index: example.index,
      prompt,
      answer,
      generated: generated[i].text,
      answerLogProb: scores[i].logProb,
      answerTokens: scores[i].tokens,
    }
  })
}
