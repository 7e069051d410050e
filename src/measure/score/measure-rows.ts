import type { Benchmark } from '../benchmark.ts'
import type { OpenProbes } from '../probe/open-probes.ts'
import { nineDigits, type ProbedRows, type RowFields } from '../probe/probe.ts'
import type { RecordedText, SampleRecord } from '../record.ts'
import type { BenchmarkRow } from '../rows/load-set.ts'
import { answerPrefix } from './answer-prefix.ts'
import { greedyAnswers } from './generated-answers.ts'
import type { Measurer } from './measurer.ts'
import type { SequenceScores } from './text-scorer.ts'

/** Rows measured together, between two writes: enough to batch by length, little to lose. */
export const rowsPerChunk = 32

export interface MeasureOptions {
  readonly benchmark: Benchmark
  readonly measurer: Measurer
  /** those that the benchmark asks for; without, none is measured */
  readonly probes?: OpenProbes
  readonly clock: () => number
  readonly stopRequested: () => boolean
}

/** The work that measuring took, for figures of speed. */
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
  const { benchmark, measurer, probes, clock, stopRequested } = options
  const began = clock()
  const measured = await scoreChunk(rows, options)
  if (!measured) return null
  const probed = (await probes?.measure(rows, { sampling: false })) ?? []
  if (stopRequested()) return null
  const scored = clock()
  const { generate } = benchmark.sets[rows[0].set]
  const { stopTokens } = measurer.session
  const prefixes =
    generate &&
    rows.map((row, i) => answerPrefix(row, measured[i].scores, stopTokens, generate.maxNewTokens))
  const asked = { measurer, stopRequested }
  const generated = prefixes && (await greedyAnswers(rows, generate, asked, prefixes))
  const sampled = (await probes?.measure(rows, { sampling: true })) ?? []
  // What was asked for before this was cut short.
  if (stopRequested()) return null
  if (work) {
    const texts = measured.flatMap(({ scores }) => scores)
    work.records += rows.length
    work.scoredTokens += texts.reduce((sum, { logProbs }) => sum + logProbs.length, 0)
    for (const { tokens } of generated ?? []) work.generatedTokens += tokens.length
    for (const { generatedTokens = 0 } of sampled) work.generatedTokens += generatedTokens
    work.scoringSeconds += (scored - began) / 1000
    work.generatingSeconds += (clock() - scored) / 1000
  }
  return rows.map(({ set, index, id, prompt, reference, gold }, i) => {
    const { texts, ...found } = withFields(measured[i].texts, [...probed, ...sampled], i)
    return {
      set,
      index,
      ...(id !== undefined && { id }),
      prompt,
      texts,
      ...(generated && { generated: generated[i].text }),
      ...(reference !== undefined && { reference }),
      ...found,
      ...(gold !== undefined && { gold }),
    }
  })
}

/** A row's texts with what probes found of them, and what they found of the row. */
function withFields(
  texts: Record<string, RecordedText[]>,
  probed: readonly ProbedRows[],
  row: number,
): Pick<SampleRecord, 'texts' | 'samples' | 'probes'> {
  const all = probed.map(({ fields }): RowFields => fields[row])
  const whole = Object.entries(texts).map(([name, list]) => [
    name,
    list.map(
      (text, place): RecordedText =>
        Object.assign({}, text, ...all.map((fields) => fields.texts?.[name]?.[place])),
    ),
  ])
  const findings = all.flatMap(({ probes }) => (probes ? [probes] : []))
  return {
    ...Object.assign({}, ...all),
    ...(findings.length > 0 && { probes: Object.assign({}, ...findings) }),
    texts: Object.fromEntries(whole),
  }
}

/** Of each row the scores of its texts, in order, and the texts as they are recorded; null where it was asked to stop. */
async function scoreChunk(
  rows: readonly BenchmarkRow[],
  { benchmark, measurer, stopRequested }: MeasureOptions,
): Promise<{ scores: SequenceScores[]; texts: Record<string, RecordedText[]> }[] | null> {
  const { distribution } = benchmark.sets[rows[0].set]
  const all = rows.flatMap(({ texts }) => Object.values(texts).flat())
  const examples = all.map(({ example }) => example)
  const scores = await measurer.scorer.score(examples, { distribution, stopRequested })
  if (stopRequested()) return null
  let next = 0
  return rows.map((row) => {
    const first = next
    const texts = Object.fromEntries(
      Object.entries(row.texts).map(([name, list]) => [
        name,
        list.map(({ text }) => recorded(text, scores[next++])),
      ]),
    )
    return { texts, scores: scores.slice(first, next) }
  })
}

function recorded(text: string, scores: SequenceScores): RecordedText {
  const { logProbs, firstChoice, distribution } = scores
  return {
    text,
    logProbs: Array.from(logProbs, nineDigits),
    firstChoice: firstChoice.map((first) => (first ? '1' : '0')).join(''),
    ...(distribution && {
      mean: Array.from(distribution.mean, nineDigits),
      variance: Array.from(distribution.variance, nineDigits),
    }),
  }
}
