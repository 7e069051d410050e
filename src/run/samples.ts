import { readJsonLines } from '../files/json-lines.ts'
import type { SampleRecord } from '../measure/record.ts'
import { isRecord, openRecords, type RecordWriter, revived } from '../measure/record-lines.ts'

/** A record of the model before or after training. */
export interface Sample extends SampleRecord {
  readonly phase: 'before' | 'after'
  readonly generated: string
  /** the true answer */
  readonly reference: string
}

/** Appends samples to `samples.jsonl`. */
export interface SampleWriter extends Omit<RecordWriter, 'append'> {
  append(sample: Sample): void
}

/**
 * Opens `samples.jsonl` for appending; a line that was cut off is removed.
 *
 * @throws UserError where it cannot be written
 */
export function openSamples(path: string): SampleWriter {
  return openRecords(path)
}

/**
 * The samples of a run, in the order of first appearance; of one example evaluated twice in a phase, as happens when an
 * evaluation was killed, the last counts.
 *
 * @throws UserError where the file is missing or damaged
 */
export function readSamples(path: string): Sample[] {
  const samples = new Map<string, Sample>()
  for (const line of readJsonLines(path, { what: 'a sample', fits: isSample }) as (
    | Sample
    | OldSample
  )[]) {
    const sample = 'texts' in line ? revived(line) : converted(line)
    samples.set(`${sample.phase} ${sample.set} ${sample.index}`, sample)
  }
  return [...samples.values()]
}

/** A line as version 0.1 wrote it: the answer's score was one sum. */
interface OldSample extends Pick<Sample, 'phase' | 'set' | 'index' | 'prompt'> {
  readonly answer: string
  readonly generated: string
  /** nats; what JSON has no number for as text */
  readonly answerLogProb: number | string
  readonly answerTokens: number
}

/** Gives every token the same part of the sum: their mean is what it was, and no more is known. */
function converted({ answer, answerLogProb, answerTokens, ...rest }: OldSample): Sample {
  const logProbs = new Array<number>(answerTokens).fill(Number(answerLogProb) / answerTokens)
  const text = { text: answer, logProbs, firstChoice: '' }
  return { ...rest, reference: answer, texts: { answer: [text] } }
}

function isSample(value: unknown): boolean {
  const sample = (value ?? {}) as Partial<Sample & OldSample>
  const texts = [sample.phase, sample.set, sample.prompt, sample.generated]
  if (typeof sample.index !== 'number' || !texts.every((text) => typeof text === 'string'))
    return false
  if (sample.texts !== undefined) {
    // What pages show of a sample is its answer.
    if (typeof sample.reference !== 'string' || !isRecord(value)) return false
    return sample.texts.answer?.[0] !== undefined
  }
  const { answer, answerLogProb, answerTokens: tokens } = sample
  const isCount =
    Number.isSafeInteger(tokens) && (tokens as number) >= 1 && (tokens as number) < 2 ** 24
  return typeof answer === 'string' && /number|string/.test(typeof answerLogProb) && isCount
}
