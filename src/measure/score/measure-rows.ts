import type { Benchmark } from '../benchmark.ts'
import type { ExtraMeasures } from '../probe/extra-measures.ts'
import type { RecordedText, SampleRecord } from '../record.ts'
import type { BenchmarkRow } from '../rows/load-set.ts'
import { drawnAnswers, greedyAnswers } from './answers.ts'
import { begunAnswer } from './begun-answer.ts'
import type { Measurer } from './measurer.ts'
import type { SequenceScores } from './text-scorer.ts'

/** Rows measured together, between two writes: enough to batch by length, little to lose. */
export const rowsPerChunk = 128

export interface MeasureOptions {
  readonly benchmark: Benchmark
  readonly measurer: Measurer
  readonly extra?: ExtraMeasures
  readonly clock: () => number
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
 * @returns a record for each, in order
 */
export async function measureChunk(
  rows: readonly BenchmarkRow[],
  options: MeasureOptions,
  work?: MeasuredWork,
): Promise<SampleRecord[]> {
  const { benchmark, measurer, clock } = options
  const began = clock()
  const measured = await scoreChunk(rows, options)
  const scored = clock()
  const { generate } = benchmark.sets[rows[0].set]
  const { stopTokens } = measurer.session
  const begun =
    generate &&
    rows.map((row, i) => begunAnswer(row, measured[i].scores, stopTokens, generate.maxNewTokens))
  const generated = begun && (await greedyAnswers(rows, generate, measurer, begun))
  const drawn =
    generate?.samples && (await drawnAnswers(rows, generate, generate.samples, measurer))
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

/** Of each row the scores of its texts, in order, and the texts as they are recorded. */
async function scoreChunk(
  rows: readonly BenchmarkRow[],
  { benchmark, measurer, extra }: MeasureOptions,
): Promise<{ scores: SequenceScores[]; texts: Record<string, RecordedText[]> }[]> {
  const { distribution, gradientNorms, patchedLayers } = benchmark.sets[rows[0].set]
  const all = rows.flatMap(({ texts }) => Object.values(texts).flat())
  const examples = all.map(({ example }) => example)
  const scores = await measurer.scorer.score(examples, { distribution })
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
