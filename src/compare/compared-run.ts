import type { EvaluationFile } from '../measure/evaluation/evaluation-file.ts'
import type { StoredEvaluation } from '../measure/evaluation/stored-evaluation.ts'
import type { SampleRecord } from '../measure/record.ts'

/** The contents of a run folder that a comparison needs. */
export interface ComparedRun {
  readonly name: string
  /** Settings of the resolved recipe by path: `method.beta` → 0.1. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly seed: number
  /** Records of the model before and after training; `after` is empty where the run did not get there. */
  readonly before: readonly SampleRecord[]
  readonly after: readonly SampleRecord[]
  /** Of the trained model on benchmarks. */
  readonly evaluations: readonly ComparedEvaluation[]
  /** Why there is nothing after training, or why it is not to be trusted; null for a run that went well. */
  readonly trouble: string | null
  /** Median over the steps; null where there were none. */
  readonly stepMilliseconds: number | null
  readonly peakBytes: number | null
}

/** An evaluation of a run's model, with what it was of. */
export interface ComparedEvaluation extends StoredEvaluation {
  readonly file: EvaluationFile
  /** Read where they are wanted. */
  records(): readonly SampleRecord[]
}

/** Leaves of a nested mapping by their path; a list is one leaf. */
export function flatten(value: unknown, path = ''): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { [path]: value }
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, child]) => flatten(child, path ? `${path}.${key}` : key)),
  )
}
