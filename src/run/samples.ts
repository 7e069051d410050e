import { type JsonLinesWriter, openJsonLines, readJsonLines } from '../files/json-lines.ts'
import type { EvaluationRecord } from '../metric/index.ts'

/** An evaluation record of the model before or after training. */
export type Sample = EvaluationRecord & { phase: 'before' | 'after' }

/** Appends samples to `samples.jsonl`. */
export interface SampleWriter {
  append(sample: Sample): void
  close(): void
}

/** Opens `samples.jsonl` for appending; a line that was cut off is removed. Throws UserError where it cannot be written. */
export function openSamples(path: string): SampleWriter {
  const writer: JsonLinesWriter = openJsonLines(path)
  return {
    // JSON has no −∞ (an impossible answer) and no NaN (a broken model), and null could not tell them apart.
    append: (sample) =>
      writer.append(
        Number.isFinite(sample.answerLogProb)
          ? sample
          : { ...sample, answerLogProb: String(sample.answerLogProb) },
      ),
    close() {
      writer.sync()
      writer.close()
    },
  }
}

/**
 * The samples of a run, in the order of first appearance; of one example evaluated twice in a phase, as happens when an
 * evaluation was killed, the last counts.
 *
 * Throws UserError where the file is missing or damaged.
 */
export function readSamples(path: string): Sample[] {
  const samples = new Map<string, Sample>()
  for (const line of readJsonLines(path) as Sample[]) {
    const { phase, set, index, answerLogProb } = line
    samples.set(`${phase} ${set} ${index}`, { ...line, answerLogProb: Number(answerLogProb) })
  }
  return [...samples.values()]
}
