import type { Benchmark } from '../benchmark.ts'
import type { ExtraMeasures } from '../probe/extra-measures.ts'
import type { RecordedText, SampleRecord } from '../record.ts'
import type { BenchmarkRow } from '../rows/load-set.ts'
import { type AnswerOptions, drawnAnswersTo, greedyAnswersTo } from './answers.ts'
import { begunAnswer } from './begun-answer.ts'
import type { SequenceScores, TextScorer } from './text-scorer.ts'

/** Rows measured together, between two writes: enough to batch by length, little to lose. */
export const rowsPerChunk = 128

export interface MeasureOptions extends AnswerOptions {
  readonly benchmark: Benchmark
  readonly scorer: TextScorer
  readonly extra: ExtraMeasures
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
    const measured = await scoreChunk(chunk, options)
    const scored = options.clock()
    const { generate } = options.benchmark.sets[chunk[0].set]
    const { stopTokens } = options.session
    const begun =
      generate &&
      chunk.map((row, i) => begunAnswer(row, measured[i].scores, stopTokens, generate.maxNewTokens))
    const generated = begun && (await greedyAnswersTo(chunk, generate, begun, options))
    const drawn =
      generate?.samples && (await drawnAnswersTo(chunk, generate, generate.samples, options))
    work.scoringSeconds += (scored - began) / 1000
    work.generatingSeconds += (options.clock() - scored) / 1000
    for (const [i, { set, index, id, prompt, reference, gold }] of chunk.entries()) {
      const answer = generated?.[i]
      options.write({
        set,
        index,
        ...(id !== undefined && { id }),
        prompt,
        texts: measured[i].texts,
        ...(answer && { generated: answer.text }),
        ...(reference !== undefined && { reference }),
        ...(drawn && { samples: drawn[i].map(({ text }) => text) }),
        ...(gold !== undefined && { gold }),
      })
      work.records += 1
      for (const { tokens } of [...(answer ? [answer] : []), ...(drawn?.[i] ?? [])])
        work.generatedTokens += tokens
      for (const list of Object.values(measured[i].texts))
        for (const { logProbs } of list) work.scoredTokens += logProbs.length
    }
    options.wrote()
  }
  return true
}

/** Of each row the scores of its texts, in order, and the texts as they are recorded. */
async function scoreChunk(
  rows: readonly BenchmarkRow[],
  { benchmark, scorer, extra }: MeasureOptions,
): Promise<{ scores: SequenceScores[]; texts: Record<string, RecordedText[]> }[]> {
  const { distribution, gradientNorms, patchedLayers } = benchmark.sets[rows[0].set]
  const all = rows.flatMap(({ texts }) => Object.values(texts).flat())
  const examples = all.map(({ example }) => example)
  const scores = await scorer.score(examples, { distribution })
  const norms = gradientNorms ? await extra.gradientNorms?.norms(examples) : undefined
  const patched = patchedLayers ? await extra.layerPatch?.scores(examples) : undefined
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
