import type { Benchmark } from '../benchmark/benchmark.ts'
import type { RecordedText, SampleRecord } from '../benchmark/record.ts'
import { cutAtFirst } from '../metric/index.ts'
import { firstNewTokens, type Generator } from '../model/generate.ts'
import { lengthBatches } from '../train/scorer.ts'
import type { SequenceScores, TextScorer } from '../train/text-scorer.ts'
import type { BenchmarkRow, ScoredText } from './benchmark-set.ts'
import type { Session } from './session.ts'

/** Rows measured together, between two writes: enough to batch by length, little to lose. */
export const rowsPerChunk = 128

/** Bytes of the key/value cache of prompts answered together: weights are read once a token for all of them. */
const cacheBytes = 2 ** 28

export interface MeasureOptions {
  readonly benchmark: Benchmark
  readonly session: Session
  readonly scorer: TextScorer
  readonly generator: Generator
  /** Positions of the key/value cache of one batch; results do not depend on it. */
  readonly cachePositions?: number
  readonly write: (record: SampleRecord) => void
  /** Called when the records of a chunk have been written. */
  readonly wrote: () => void
  /** Counted up. */
  readonly work: MeasuredWork
  readonly clock: () => number
  readonly stopRequested: () => boolean
}

/** What was done, for figures of speed. */
export interface MeasuredWork {
  records: number
  scoredTokens: number
  generatedTokens: number
  scoringSeconds: number
  generatingSeconds: number
}

/**
 * Measures rows of one set and writes a record for each, in order, chunk by chunk.
 *
 * @returns false where it was asked to stop before the end
 */
export async function measureRows(
  rows: readonly BenchmarkRow[],
  options: MeasureOptions,
): Promise<boolean> {
  const { work } = options
  for (let start = 0; start < rows.length; start += rowsPerChunk) {
    if (options.stopRequested()) return false
    const chunk = rows.slice(start, start + rowsPerChunk)
    const began = options.clock()
    const texts = await scoreChunk(chunk, options)
    const scored = options.clock()
    const generated = await generateChunk(chunk, options)
    work.scoringSeconds += (scored - began) / 1000
    work.generatingSeconds += (options.clock() - scored) / 1000
    for (const [i, { set, index, id, prompt, reference, gold }] of chunk.entries()) {
      const answer = generated?.[i]
      options.write({
        set,
        index,
        ...(id !== undefined && { id }),
        prompt,
        texts: texts[i],
        ...(answer && { generated: answer.text }),
        ...(reference !== undefined && { reference }),
        ...(gold !== undefined && { gold }),
      })
      work.records += 1
      work.generatedTokens += answer?.tokens ?? 0
      for (const list of Object.values(texts[i]))
        for (const { logProbs } of list) work.scoredTokens += logProbs.length
    }
    options.wrote()
  }
  return true
}

async function scoreChunk(
  rows: readonly BenchmarkRow[],
  { benchmark, scorer }: MeasureOptions,
): Promise<Record<string, RecordedText[]>[]> {
  const { distribution } = benchmark.sets[rows[0].set]
  const all: ScoredText[] = rows.flatMap(({ texts }) => Object.values(texts).flat())
  const scores = await scorer.score(
    all.map(({ example }) => example),
    { distribution },
  )
  let next = 0
  return rows.map(({ texts }) =>
    Object.fromEntries(
      Object.entries(texts).map(([name, list]) => [
        name,
        list.map(({ text }) => recorded(text, scores[next++])),
      ]),
    ),
  )
}

function recorded(text: string, scores: SequenceScores): RecordedText {
  const { logProbs, firstChoice, distribution } = scores
  return {
    text,
    logProbs: Array.from(logProbs, short),
    firstChoice: firstChoice.map((first) => (first ? '1' : '0')).join(''),
    ...(distribution && {
      mean: Array.from(distribution.mean, short),
      variance: Array.from(distribution.variance, short),
    }),
  }
}

/** Nine digits name a float32 exactly. */
function short(value: number): number {
  return Number(value.toPrecision(9))
}

async function generateChunk(
  rows: readonly BenchmarkRow[],
  { benchmark, session, generator, cachePositions }: MeasureOptions,
): Promise<{ text: string; tokens: number }[] | null> {
  const { generate } = benchmark.sets[rows[0].set]
  if (!generate) return null
  const { tokenizer, stopTokens, model } = session
  const positionBytes = 8 * model.layers * model.keyValueHeads * model.headDim
  const { maxNewTokens, stopAt } = generate
  const answers = new Array<{ text: string; tokens: number }>(rows.length)
  const slots = rows.map(({ promptTokens }) => ({
    tokens: { length: promptTokens.length + Math.min(maxNewTokens, firstNewTokens) },
  }))
  for (const places of lengthBatches(slots, cachePositions ?? cacheBytes / positionBytes)) {
    const generated = await generator.generate(
      places.map((place) => rows[place].promptTokens),
      { maxNewTokens, stopTokens },
    )
    for (const [i, place] of places.entries()) {
      const text = tokenizer.decode(generated[i], { skipSpecialTokens: true })
      answers[place] = { text: cutAtFirst(text, stopAt).trim(), tokens: generated[i].length }
    }
  }
  return answers
}
