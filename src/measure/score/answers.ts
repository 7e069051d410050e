import type { Stream } from '../../math/random.ts'
import { cutAtFirst } from '../../metric/index.ts'
import { firstNewTokens, type Generator } from '../../model/generate.ts'
import { lengthBatches } from '../../train/scorer.ts'
import type { Session } from '../../train/session.ts'
import type { BenchmarkSet } from '../benchmark.ts'
import type { BenchmarkRow } from '../rows/load-set.ts'
import type { BegunAnswer } from './begun-answer.ts'

export interface Answer {
  readonly text: string
  readonly tokens: number
}

export interface AnswerOptions {
  readonly session: Session
  readonly generator: Generator
  /** Positions of the key/value cache of one batch; answers do not depend on it. */
  readonly cachePositions?: number
}

/**
 * Bytes of the key/value cache of prompts answered together, as it begins: weights are read once a token for all of them. Where no
 * answer ends soon it grows with the answers, at 200 tokens to two and a half times.
 */
const cacheBytes = 2 ** 28

type Generate = NonNullable<BenchmarkSet['generate']>

/** The greedy answer to each row, gone on with from what is known of it. */
export function greedyAnswersTo(
  rows: readonly BenchmarkRow[],
  generate: Generate,
  begun: readonly BegunAnswer[],
  options: AnswerOptions,
): Promise<Answer[]> {
  return answersTo(rows, generate, { begun }, options)
}

/**
 * Answers drawn for each row, `[rows][count]`. A draw is named by the row and its number, so that it is the same in every
 * batch and after a resume.
 */
export async function drawnAnswersTo(
  rows: readonly BenchmarkRow[],
  generate: Generate,
  samples: NonNullable<Generate['samples']>,
  options: AnswerOptions,
): Promise<Answer[][]> {
  const { count, temperature, topP, seed } = samples
  const asked = rows.flatMap((row) => new Array<BenchmarkRow>(count).fill(row))
  const streams = asked.map(({ set, index }, i): Stream => ['drawn', set, index, i % count])
  const answers = await answersTo(asked, generate, { temperature, topP, seed, streams }, options)
  return rows.map((_, i) => answers.slice(i * count, (i + 1) * count))
}

async function answersTo(
  rows: readonly BenchmarkRow[],
  { maxNewTokens, stopAt }: Generate,
  how: {
    begun?: readonly BegunAnswer[]
    temperature?: number
    topP?: number
    seed?: number
    streams?: readonly Stream[]
  },
  { session, generator, cachePositions }: AnswerOptions,
): Promise<Answer[]> {
  const { tokenizer, stopTokens, model } = session
  const { begun, streams, ...knobs } = how
  const positionBytes = 8 * model.layers * model.keyValueHeads * model.headDim
  const answers = new Array<Answer>(rows.length)
  const keep = (place: number, tokens: Int32Array) => {
    const text = tokenizer.decode(tokens, { skipSpecialTokens: true })
    answers[place] = { text: cutAtFirst(text, stopAt).trim(), tokens: tokens.length }
  }
  const open: number[] = []
  for (const place of rows.keys()) {
    const known = begun?.[place]
    if (known?.ended) keep(place, known.tokens)
    else open.push(place)
  }
  const slots = open.map((place) => {
    const start = rows[place].promptTokens.length + (begun?.[place].tokens.length ?? 0)
    return { tokens: { length: start + Math.min(maxNewTokens, firstNewTokens) } }
  })
  for (const chosen of lengthBatches(slots, cachePositions ?? cacheBytes / positionBytes)) {
    const places = chosen.map((i) => open[i])
    const generated = await generator.generate(
      places.map((place) => rows[place].promptTokens),
      {
        maxNewTokens,
        stopTokens,
        ...knobs,
        ...(begun && { begun: places.map((place) => begun[place].tokens) }),
        ...(streams && { streams: places.map((place) => streams[place]) }),
      },
    )
    for (const [i, place] of places.entries()) keep(place, generated[i])
  }
  return answers
}
