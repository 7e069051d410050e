import type { z } from 'zod'
import type { LanguageModel } from '../../model/model.ts'
import type { Session } from '../../train/session.ts'
import type { BenchmarkSet } from '../benchmark.ts'
import type { RecordedText, SampleRecord } from '../record.ts'
import type { BenchmarkRow } from '../rows/load-set.ts'
import type { Measurer } from '../score/measurer.ts'

/** What a probe works with beside forward passes of the evaluated model. */
export interface ProbeNeeds {
  /** gradients of a loss by the weights */
  readonly gradients?: true
  /** the original model, opened beside the evaluated one */
  readonly original?: true
  /** answers of the model */
  readonly sampling?: true
}

/** What a probe takes of a model on rows, so that a plan can choose. */
export interface ProbeCost {
  /** tokens of passes there, of the evaluated model and of the original; padding left out */
  readonly forwardTokens: number
  /** of these, tokens that go back, too */
  readonly backwardTokens: number
  /** tokens that are generated, at most; their prompts count as passes there */
  readonly generatedTokens: number
  /** bytes that are held beside the evaluated model and one batch */
  readonly bytes: number
}

/** What a probe adds to the record of one row; plain JSON but for numbers that JSON does not have. */
export interface RowFields extends Pick<SampleRecord, 'samples' | 'probes'> {
  /** name → of each scored text in order, what it gets beside its scores */
  readonly texts?: Readonly<Record<string, readonly Partial<RecordedText>[]>>
}

/** What a probe found of rows, in their order. */
export interface ProbedRows {
  readonly fields: readonly RowFields[]
  /** Tokens that were generated for it, for figures of speed. */
  readonly generatedTokens?: number
}

export interface ProbeContext {
  /** the evaluated model, its scorer and its generator; whoever opens a probe disposes of them */
  readonly measurer: Measurer
  /** of the evaluated one's shape; there if the probe needs it, else null */
  readonly original: Session | null
  /** Padded tokens of one pass; what is found does not depend on it but for the order of sums. */
  readonly tokensPerBatch?: number
  /** Whether to give up: what is found from then on is thrown away, and may be too little. */
  readonly stopRequested: () => boolean
}

/** A probe whose programs are compiled. */
export interface OpenProbe {
  /** Probes rows. What is found of a row depends on it and the knobs alone, so that work can be resumed after any row. */
  measure(rows: readonly BenchmarkRow[]): Promise<ProbedRows>
  dispose(): void
}

/** A way to look at what a model knows beside scores and greedy answers: an attack on it, or a look inside. */
export interface Probe<Knobs = unknown> {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly needs: ProbeNeeds
  /** The knobs, with the defaults of the source. */
  readonly schema: z.ZodType<Knobs>
  /** Knobs by which a set asks for it with a key of its own; without, sets ask by `probes: { <id>: { … } }` alone. */
  asked?(set: BenchmarkSet): unknown
  cost(model: LanguageModel, rows: readonly BenchmarkRow[], knobs: Knobs): ProbeCost
  /** Compiles what it runs. */
  open(context: ProbeContext, knobs: Knobs): Promise<OpenProbe>
}

/** Keeps the type of the knobs; the registry holds probes of any. */
export function defineProbe<Knobs>(probe: Probe<Knobs>): Probe {
  return probe as Probe
}

/** The texts of rows, one after another. */
export function textsOfRows(rows: readonly BenchmarkRow[]) {
  return rows.flatMap(({ texts }) => Object.values(texts).flat())
}

/** Tokens of all texts of rows, each with its prompt. */
export function tokensOfTexts(rows: readonly BenchmarkRow[]): number {
  return textsOfRows(rows).reduce((sum, { example }) => sum + example.tokens.length, 0)
}

/** What was found of each of {@link textsOfRows}, by row and name. */
export function fieldsOfTexts(
  rows: readonly BenchmarkRow[],
  found: readonly Partial<RecordedText>[],
): RowFields[] {
  let next = 0
  return rows.map(({ texts }) => ({
    texts: Object.fromEntries(
      Object.entries(texts).map(([name, list]) => [name, list.map(() => found[next++])]),
    ),
  }))
}

/** The original model of a context; only for a probe that needs it. */
export function originalOf({ original }: ProbeContext): Session {
  if (!original) throw new Error('internal: a probe without the original model that it needs')
  return original
}

/** Nine digits name a float32 exactly. */
export function nineDigits(value: number): number {
  return Number(value.toPrecision(9))
}
