import type { Benchmark } from './benchmark.ts'
import type { BenchmarkResult } from './results.ts'

const mostRepetition = 0.5
const leastUtilityShare = 0.5

/**
 * Why a model counts as broken, or null: more than half of its 4-grams repeat, or it has lost half of the original's
 * utility. A broken model stands below every working one in a ranking, whatever it scores.
 */
export function brokenReason(
  { ranking }: Benchmark,
  results: readonly BenchmarkResult[],
): string | null {
  const of = (key: string | null) => results.find((result) => result.key === key)
  const repetition = of(ranking.repetition)?.value ?? 0
  if (repetition > mostRepetition)
    return `repeats itself: ${percent(repetition)} of 4-grams are repeats`
  const utility = of(ranking.utility)
  if (
    utility &&
    utility.value !== null &&
    utility.original !== null &&
    utility.value < leastUtilityShare * utility.original
  )
    return `${ranking.utility} ${utility.value.toFixed(3)} is below half of the original’s ${utility.original.toFixed(3)}`
  return null
}

/** What a reader must be told before believing these numbers: known ways to win by breaking the model. */
export function trustWarnings(benchmark: Benchmark, results: readonly BenchmarkResult[]): string[] {
  const warnings: string[] = []
  const byKey = new Map(results.map((result) => [result.key, result]))
  const broken = brokenReason(benchmark, results)
  if (broken)
    warnings.push(`The model is broken (${broken}): no score of forgetting means anything.`)
  for (const [key, composite] of Object.entries(benchmark.composites)) {
    const value = byKey.get(key)?.value
    if (value !== 0 || composite.combine !== 'harmonic-mean') continue
    const zeros = composite.of.filter(({ metric, complement }) => {
      const part = byKey.get(metric)?.value
      return part !== undefined && part !== null && (complement ? 1 - part : part) <= 0
    })
    const names = zeros.map(({ metric, complement }) => (complement ? `1 − ${metric}` : metric))
    warnings.push(`${key} is 0 because one term of its harmonic mean is: ${names.join(', ')}.`)
  }
  const quality = results.find(({ key }) => key === 'forget.quality')
  if (broken && (quality?.value ?? 0) > 0.05)
    warnings.push('Forget quality is high although the model is destroyed: it does not see that.')
  const final = byKey.get('final')
  const task = byKey.get('taskAggregate')
  if (final?.value !== null && final && task?.value !== undefined && (task.value ?? 0) < 0.1)
    warnings.push(
      `The final score of ${final.value.toFixed(3)} comes from membership and MMLU alone: a destroyed model gets about .40.`,
    )
  const score = results.find(({ key }) => key === benchmark.ranking.score)
  if (!broken && score && isPastAim(score.value, score.neverTrained))
    warnings.push(
      `${score.key} is above that of the model never trained on the set: past the aim, not nearer to it.`,
    )
  for (const { key, interval, original, neverTrained } of results)
    if (
      key === benchmark.ranking.forget &&
      interval &&
      original !== null &&
      neverTrained !== null &&
      interval[1] - interval[0] > Math.abs(original - neverTrained)
    )
      warnings.push(`${key}: its interval is wider than what lies between the reference models.`)
  return warnings
}

/** Whether a score is above that of the model never trained on the forget set: no forgetting can be better than that. */
export function isPastAim(score: number | null, neverTrained: number | null): boolean {
  return score !== null && neverTrained !== null && score > neverTrained
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}
