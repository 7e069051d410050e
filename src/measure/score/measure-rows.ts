import type { Benchmark } from '../benchmark.ts'
import type { ExtraMeasures } from '../probe/extra-measures.ts'
import type { RecordedText, SampleRecord } from '../record.ts'
import type { BenchmarkRow } from '../rows/load-set.ts'
import { answerPrefix } from './answer-prefix.ts'
import { drawnAnswers, greedyAnswers } from './generated-answers.ts'
import type { Measurer } from './measurer.ts'
import type { SequenceScores } from './text-scorer.ts'

/** Rows measured together, between two writes: enough to batch by length, little to lose. */
export const rowsPerChunk = 32

export interface MeasureOptions {
  readonly benchmark: Benchmark
  readonly measurer: Measurer
  readonly extra?: ExtraMeasures
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

/** The rows of one set in chunks. */
export function* chunksOf(rows: readonly BenchmarkRow[]): Generator<readonly BenchmarkRow[]> {
  for (let start = 0; start < rows.length; start += rowsPerChunk)
    yield rows.slice(start, start + rowsPerChunk)
}

/**
 * Measures rows of one set together.
 *
 * @param work is counted up
 * @returns a record for each, in order; null where it was asked to stop before it had all of them
 */
export async function measureChunk(
  rows: readonly BenchmarkRow[],
  options: MeasureOptions,
  work?: MeasuredWork,
): Promise<SampleRecord[] | null> {
  const { benchmark, measurer, clock, stopRequested } = options
  const began = clock()
  const measured = await scoreChunk(rows, options)
  if (!measured) return null
  const scored = clock()
  const { generate } = benchmark.sets[rows[0].set]
  const { stopTokens } = measurer.session
  const prefixes =
    generate &&
    rows.map((row, i) => answerPrefix(row, measured[i].scores, stopTokens, generate.maxNewTokens))
  const asked = { measurer, stopRequested }
  const generated = prefixes && (await greedyAnswers(rows, generate, asked, prefixes))
  const drawn = generate?.samples && (await drawnAnswers(rows, generate, generate.samples, asked))
  // What was asked for before this was cut short.
  if (stopRequested()) return null
  if (work) {
    const answers = [...(generated ?? []), ...(drawn ?? []).flat()]
    const texts = measured.flatMap(({ scores }) => scores)
    work.records += rows.length
    work.scoredTokens += texts.reduce((sum, { logProbs }) => sum + logProbs.length, 0)
    work.generatedTokens += answers.reduce((sum, { tokens }) => sum + tokens.length, 0)
    work.scoringSeconds += (scored - began) / 1000
    work.generatingSeconds += (clock() - scored) / 1000
  }
  return rows.map(({ set, index, id, prompt, reference, gold }, i) => ({
    set,
    index,
    ...(id !== undefined && { id }),
    prompt,
    texts: measured[i].texts,
    ...(generated && { generated: generated[i].text }),
    ...(reference !== undefined && { reference }),
    ...(drawn && { samples: drawn[i].map(({ text }) => text) }),
    ...(gold !== undefined && { gold }),
  }))
}

/** Of each row the scores of its texts, in order, and the texts as they are recorded; null where it was asked to stop. */
async function scoreChunk(
  rows: readonly BenchmarkRow[],
  { benchmark, measurer, extra, stopRequested }: MeasureOptions,
): Promise<{ scores: SequenceScores[]; texts: Record<string, RecordedText[]> }[] | null> {
  const { distribution, gradientNorms, patchedLayers } = benchmark.sets[rows[0].set]
  const all = rows.flatMap(({ texts }) => Object.values(texts).flat())
  const examples = all.map(({ example }) => example)
  const scores = await measurer.scorer.score(examples, { distribution, stopRequested })
  if (stopRequested()) return null
  const norms = gradientNorms ? await extra?.gradientNorms?.norms(examples) : undefined
  const patched = patchedLayers ? await extra?.layerPatch?.scores(examples) : undefined
  let next = 0
  return rows.map((row) => {
    const first = next
    const texts = Object.fromEntries(
      Object.entries(row.texts).map(([name, list]) => [
        name,
        list.map(({ text }) => {
          const place = next++
          return {
            ...recorded(text, scores[place]),
            ...(norms && { gradientNorms: norms[place].map(short) }),
            ...(patched && {
              patched: {
                whole: short(patched[place].whole),
                layers: patched[place].layers.map(short),
              },
            }),
          }
        }),
      ]),
    )
    return { texts, scores: scores.slice(first, next) }
  })
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
