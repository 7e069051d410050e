import type { RunEvaluation } from '../run/run-evaluation.ts'

/** What a plan says of the evaluation after training. */
export interface EvaluationPlan {
  readonly benchmark: string
  /** rows by set */
  readonly rows: Readonly<Record<string, number>>
  /** optional sets without a file */
  readonly missingSets: readonly string[]
  readonly output: string
}

export function evaluationPlan({ task, rows }: RunEvaluation): EvaluationPlan {
  return {
    benchmark: task.benchmark.id,
    rows,
    missingSets: Object.keys(task.benchmark.sets).filter((name) => !(name in rows)),
    output: task.output,
  }
}

/** `tofu/forget05: 1,017 rows of 5 sets; no data for holdout`. */
export function evaluationText({ benchmark, rows, missingSets }: EvaluationPlan): string {
  const counts = Object.values(rows)
  const total = counts.reduce((sum, count) => sum + count, 0)
  const without = missingSets.length > 0 ? `; no data for ${missingSets.join(', ')}` : ''
  return `${benchmark}: ${total.toLocaleString('en')} rows of ${counts.length} sets${without}`
}
