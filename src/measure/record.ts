/** Teacher-forced scores of one text after its prompt, as a record stores them. */
export interface RecordedText {
  readonly text: string
  /** `[tokens]` nats: log p of each token, the end token included where the benchmark trains one */
  readonly logProbs: readonly number[]
  /** `[tokens]` one digit each: 1 where the token is the model's own first choice */
  readonly firstChoice: string
  /** `[tokens]` nats and nats²: mean and variance of log p under p, where the set asks for them */
  readonly mean?: readonly number[]
  readonly variance?: readonly number[]
  /** `[weights]` nats: norm of the gradient of this text's loss for each weight tensor, where the set asks for it */
  readonly gradientNorms?: readonly number[]
  /** nats per token in the original model, where the set asks for it */
  readonly patched?: {
    /** with its own activations */
    readonly whole: number
    /** `[layers]` with those of the evaluated model after that layer */
    readonly layers: readonly number[]
  }
}

/** Something of JSON, and the numbers that it does not have; a text that names one of these comes back as the number. */
export type ProbeFinding =
  | number
  | string
  | boolean
  | readonly ProbeFinding[]
  | { readonly [field: string]: ProbeFinding }

/** Everything a model did with one row of a benchmark; every metric is a function of lists of these. */
export interface SampleRecord {
  readonly set: string
  /** place in the set, 0-based */
  readonly index: number
  /** the row's own `id`, where it has one */
  readonly id?: string
  readonly prompt: string
  /** scored texts by name; a list for fields with several */
  readonly texts: Readonly<Record<string, readonly RecordedText[]>>
  /** the greedy answer, and the text it is compared with */
  readonly generated?: string
  readonly reference?: string
  /** answers that were drawn, where the set asks for them */
  readonly samples?: readonly string[]
  /** what other probes found of the row, by their id */
  readonly probes?: Readonly<Record<string, ProbeFinding>>
  /** how likely a classifier of gibberish finds the greedy answer clean, in [0, 1]; another program adds it */
  readonly clean?: number
  /** index of the right one of `texts.options` */
  readonly gold?: number
}

/** Nats per token of a recorded text. */
export function lossOf({ logProbs }: RecordedText): number {
  return -logProbs.reduce((sum, logProb) => sum + logProb, 0) / logProbs.length
}

/** The texts of a name; throws where the record has none. */
export function textsOf(record: SampleRecord, name: string): readonly RecordedText[] {
  const texts = record.texts[name]
  if (!texts || texts.length === 0)
    throw new RangeError(
      `record ${record.set} ${record.index}: expected the scored text "${name}", got ${Object.keys(record.texts).join(', ') || 'none'}`,
    )
  return texts
}
