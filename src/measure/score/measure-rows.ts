import type { Benchmark } from '../benchmark.ts'
import type { OpenProbes } from '../probe/open-probes.ts'
import { nineDigits, type ProbedRows, type RowFields } from '../probe/probe.ts'
import type { RecordedText, SampleRecord } from '../record.ts'
import type { BenchmarkRow } from '../rows/load-set.ts'
import { answerPrefix } from './answer-prefix.ts'
import { type Answer, greedyAnswers } from './generated-answers.ts'
import type { Measurer } from './measurer.ts'
import type { SequenceScores } from './text-scorer.ts'

/**
 * Rows measured together: weights are read once a token for all of them. What company a row has may change the last bits of its
 * record, so that a chunk which was cut short is measured again as a whole, and only what is missing of it written.
 */
export const rowsPerChunk = 64

export interface MeasureOptions {
  readonly benchmark: Benchmark
  readonly measurer: Measurer
  /** those that the benchmark asks for; without, none is measured */
  readonly probes?: OpenProbes
  readonly clock: () => number
  readonly stopRequested: () => boolean
  /** Called with each record, in order, as soon as it and those before it are complete. */
  readonly onRecord?: (record: SampleRecord, place: number) => void
  /** Called often with the share of the chunk's work that is done. */
  readonly onShare?: (share: number) => void
}

/** The work that measuring took, for figures of speed. */
export interface MeasuredWork {
  records: number
  scoredTokens: number
  generatedTokens: number
  scoringSeconds: number
  generatingSeconds: number
}

/** The rows of one set, or of sets that are measured alike, in chunks. */
export function* chunksOf(rows: readonly BenchmarkRow[]): Generator<readonly BenchmarkRow[]> {
  for (let start = 0; start < rows.length; start += rowsPerChunk)
    yield rows.slice(start, start + rowsPerChunk)
}

/**
 * Measures rows of one set together, or of sets that are measured alike.
 *
 * @param work is counted up
 * @returns a record for each, in order; null where it was asked to stop before it had all of them
 */
export async function measureChunk(
  rows: readonly BenchmarkRow[],
  options: MeasureOptions,
  work?: MeasuredWork,
): Promise<SampleRecord[] | null> {
  const { benchmark, measurer, probes, clock, stopRequested, onRecord, onShare } = options
  const { generate } = benchmark.sets[rows[0].set]
  const began = clock()
  const share = shareOf(rows, generate?.maxNewTokens ?? 0, onShare)
  const measured = await scoreChunk(rows, options, share.scored)
  if (!measured) return null
  const probed = (await probes?.measure(rows, { sampling: false })) ?? []
  if (stopRequested()) return null
  const scored = clock()
  const { stopTokens } = measurer.session
  const prefixes =
    generate &&
    rows.map((row, i) => answerPrefix(row, measured[i].scores, stopTokens, generate.maxNewTokens))
  for (const { tokens } of prefixes ?? []) share.generated(tokens.length)
  const recordOf = (i: number, answer: Answer | undefined, sampled: readonly ProbedRows[]) => {
    const { set, index, id, prompt, reference, gold } = rows[i]
    const { texts, ...found } = withFields(measured[i].texts, [...probed, ...sampled], i)
    return {
      set,
      index,
      ...(id !== undefined && { id }),
      prompt,
      texts,
      ...(answer && { generated: answer.text }),
      ...(reference !== undefined && { reference }),
      ...found,
      ...(gold !== undefined && { gold }),
    }
  }
  const records: SampleRecord[] = []
  const complete = inOrder((record: SampleRecord, place) => {
    records.push(record)
    onRecord?.(record, place)
  })
  const asked = {
    measurer,
    stopRequested,
    onToken: () => share.generated(1),
    onAnswer(i: number, answer: Answer) {
      // What an answer leaves of what is allowed need not be done.
      share.generated((generate?.maxNewTokens ?? 0) - answer.tokens.length)
      // What probes find by sampling comes later.
      if (!probes) complete(i, recordOf(i, answer, []))
    },
  }
  const answers = prefixes && (await greedyAnswers(rows, generate, asked, prefixes))
  const sampled = (await probes?.measure(rows, { sampling: true })) ?? []
  // What was asked for before this was cut short.
  if (stopRequested()) return null
  for (const i of rows.keys())
    if (probes || !answers) complete(i, recordOf(i, answers?.[i], sampled))
  if (work) {
    const texts = measured.flatMap(({ scores }) => scores)
    work.records += rows.length
    work.scoredTokens += texts.reduce((sum, { logProbs }) => sum + logProbs.length, 0)
    for (const { tokens } of answers ?? []) work.generatedTokens += tokens.length
    for (const { generatedTokens = 0 } of sampled) work.generatedTokens += generatedTokens
    work.scoringSeconds += (scored - began) / 1000
    work.generatingSeconds += (clock() - scored) / 1000
  }
  return records
}

/** Hands values on in the order of their places, each as soon as those before it are there. */
function inOrder<T>(emit: (value: T, place: number) => void): (place: number, value: T) => void {
  const waiting = new Map<number, T>()
  let next = 0
  return (place, value) => {
    waiting.set(place, value)
    for (; waiting.has(next); next++) {
      emit(waiting.get(next) as T, next)
      waiting.delete(next)
    }
  }
}

/** The share of a chunk's tokens, scored or generated, that are done; an answer may be shorter than what is allowed. */
function shareOf(
  rows: readonly BenchmarkRow[],
  maxNewTokens: number,
  onShare: MeasureOptions['onShare'],
) {
  const texts = rows.flatMap(({ texts }) => Object.values(texts).flat())
  const scoring = texts.reduce((sum, { example }) => sum + example.tokens.length, 0)
  const generating = rows.length * maxNewTokens
  let scoredTexts = 0
  let generated = 0
  const tell = () => {
    const scored = (scoring * scoredTexts) / Math.max(1, texts.length)
    onShare?.((scored + generated) / Math.max(1, scoring + generating))
  }
  return {
    scored(count: number) {
      scoredTexts += count
      tell()
    },
    generated(tokens: number) {
      generated += tokens
      tell()
    },
  }
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
  onScored: (texts: number) => void,
): Promise<{ scores: SequenceScores[]; texts: Record<string, RecordedText[]> }[] | null> {
  const { distribution } = benchmark.sets[rows[0].set]
  const all = rows.flatMap(({ texts }) => Object.values(texts).flat())
  const examples = all.map(({ example }) => example)
  const scores = await measurer.scorer.score(examples, { distribution, stopRequested, onScored })
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
