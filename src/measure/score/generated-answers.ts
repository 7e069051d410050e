import { lengthBatches } from '../../data/length-batches.ts'
import type { Stream } from '../../math/random.ts'
import { cutAtFirst } from '../../metric/index.ts'
import { firstNewTokens } from '../../model/generate.ts'
import { positionBytes } from '../../model/key-value-cache.ts'
import type { BenchmarkSet } from '../benchmark.ts'
import type { BenchmarkRow } from '../rows/load-set.ts'
import type { AnswerPrefix } from './answer-prefix.ts'
import type { Measurer } from './measurer.ts'

/** What a model says, as a reader sees it and as it was generated. */
export interface Answer {
  readonly text: string
  readonly tokens: Int32Array
}

/**
 * Bytes of the key/value cache of prompts answered together, as it begins: weights are read once a token for all of them. Where no
 * answer ends soon it grows with the answers, at 200 tokens to two and a half times.
 */
const cacheBytes = 2 ** 28

/** Who is asked, and whether to go on; answers end where it says so. */
export interface Asking {
  readonly measurer: Measurer
  readonly stopRequested?: () => boolean
  /** Called with each answer as it comes to its own end, while others go on. */
  readonly onAnswer?: (place: number, answer: Answer) => void
  /** Called with each token that is generated. */
  readonly onToken?: () => void
}

type Generate = NonNullable<BenchmarkSet['generate']>
type AskedRow = Pick<BenchmarkRow, 'set' | 'index' | 'promptTokens'>

/** Generates the greedy answer to each row, from its known prefix on. */
export function greedyAnswers(
  rows: readonly AskedRow[],
  generate: Pick<Generate, 'maxNewTokens' | 'stopAt'>,
  asking: Asking,
  prefixes?: readonly AnswerPrefix[],
): Promise<Answer[]> {
  return answersTo(rows, generate, prefixes ? { prefixes } : {}, asking)
}

/**
 * Answers drawn for each row, `[rows][count]`. A draw is named by the row and its number, so that it is the same in every
 * batch and after a resume.
 */
export async function drawnAnswers(
  rows: readonly AskedRow[],
  generate: Pick<Generate, 'maxNewTokens' | 'stopAt'>,
  samples: NonNullable<Generate['samples']>,
  asking: Asking,
): Promise<Answer[][]> {
  const { count, temperature, topP, seed } = samples
  const asked = rows.flatMap((row) => new Array<AskedRow>(count).fill(row))
  const streams = asked.map(({ set, index }, i): Stream => ['drawn', set, index, i % count])
  const answers = await answersTo(asked, generate, { temperature, topP, seed, streams }, asking)
  return rows.map((_, i) => answers.slice(i * count, (i + 1) * count))
}

async function answersTo(
  rows: readonly AskedRow[],
  { maxNewTokens, stopAt }: Pick<Generate, 'maxNewTokens' | 'stopAt'>,
  how: {
    prefixes?: readonly AnswerPrefix[]
    temperature?: number
    topP?: number
    seed?: number
    streams?: readonly Stream[]
  },
  { measurer, stopRequested, onAnswer, onToken }: Asking,
): Promise<Answer[]> {
  const { session, generator, cachePositions } = measurer
  const { tokenizer, stopTokens, model } = session
  const { prefixes, streams, ...knobs } = how
  const answers = new Array<Answer>(rows.length)
  const keep = (place: number, tokens: Int32Array) => {
    const text = tokenizer.decode(tokens, { skipSpecialTokens: true })
    answers[place] = { text: cutAtFirst(text, stopAt).trim(), tokens }
  }
  const end = (place: number, tokens: Int32Array) => {
    keep(place, tokens)
    onAnswer?.(place, answers[place])
  }
  const open: number[] = []
  for (const place of rows.keys()) {
    const known = prefixes?.[place]
    if (known?.ended) end(place, known.tokens)
    else open.push(place)
  }
  const slots = open.map((place) => {
    const start = rows[place].promptTokens.length + (prefixes?.[place].tokens.length ?? 0)
    return { tokens: { length: start + Math.min(maxNewTokens, firstNewTokens) } }
  })
  for (const chosen of lengthBatches(slots, cachePositions ?? cacheBytes / positionBytes(model))) {
    const places = chosen.map((i) => open[i])
    const generated = await generator.generate(
      places.map((place) => rows[place].promptTokens),
      {
        maxNewTokens,
        stopTokens,
        ...(stopRequested && { stopRequested }),
        ...(onToken && { onToken }),
        onEnd: (i, tokens) => end(places[i], tokens),
        ...knobs,
        ...(prefixes && { prefixes: places.map((place) => prefixes[place].tokens) }),
        ...(streams && { streams: places.map((place) => streams[place]) }),
      },
    )
    // Those that were cut short.
    for (const [i, place] of places.entries()) if (!answers[place]) keep(place, generated[i])
  }
  return answers
}
