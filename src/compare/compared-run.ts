import type { EvaluationRecord } from '../metric/index.ts'

/** What a comparison needs of a run folder. */
export interface ComparedRun {
  readonly name: string
  /** Settings of the resolved recipe by path: `method.beta` → 0.1. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly seed: number
  /** Records of the model before and after training; `after` is empty where the run did not get there. */
  readonly before: readonly EvaluationRecord[]
  readonly after: readonly EvaluationRecord[]
  /** Why there is nothing after training, or why it is not to be trusted; null for a run that went well. */
  readonly trouble: string | null
  /** Median over the steps; null where there were none. */
  readonly stepMilliseconds: number | null
  readonly peakBytes: number | null
}

/** Leaves of a nested mapping by their path; a list is one leaf. */
export function flatten(value: unknown, path = ''): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { [path]: value }
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, child]) => flatten(child, path ? `${path}.${key}` : key)),
  )
}
