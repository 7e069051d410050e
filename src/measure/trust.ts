import type { Benchmark } from './benchmark.ts'
import type { BenchmarkResult } from './results.ts'

const mostRepetition = 0.5
const leastUtilityShare = 0.5

/** A model's value of a number, and the original model's. */
type Beside = Pick<BenchmarkResult, 'key' | 'value' | 'original'>

/**
 * The reason for which a model counts as broken, or null: more than half of its 4-grams repeat, or it has lost half of the original's
 * utility, or all of it, where that is no longer a number. A broken model stands below every working one in a ranking,
 * whatever it scores.
 *
 * @param ranking names the metrics of utility and repetition
 */
export function brokenReason(
  ranking: Pick<Benchmark['ranking'], 'utility' | 'repetition'>,
  results: readonly Beside[],
): string | null {
  const of = (key: string | null) => results.find((result) => result.key === key)
  const repetition = of(ranking.repetition)?.value ?? 0
  if (repetition > mostRepetition)
    return `repeats itself: ${percent(repetition)} of 4-grams are repeats`
  const { value = null, original = null } = of(ranking.utility) ?? {}
  if (original === null) return null
  if (value === null) return `${ranking.utility} is not a number`
  if (value < leastUtilityShare * original)
    return `${ranking.utility} ${value.toFixed(3)} is below half of the original’s ${original.toFixed(3)}`
  return null
}

/** The warnings to read before believing these numbers: known ways to win by breaking the model. */
export function trustWarnings(benchmark: Benchmark, results: readonly BenchmarkResult[]): string[] {
  const warnings: string[] = []
  const byKey = new Map(results.map((result) => [result.key, result]))
  const broken = brokenReason(benchmark.ranking, results)
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
  const numberOf = (key: string) => byKey.get(key)?.value ?? Number.NaN
  for (const caution of benchmark.reading?.cautions ?? []) {
    const isMet = caution.when.every(
      ({ metric, above = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY }) => {
        const value = numberOf(metric)
        return value > above && value < below
      },
    )
    if (isMet && (!caution.broken || broken))
      warnings.push(caution.text.replace(/\{([\w.-]+)\}/g, (_, key) => numberOf(key).toFixed(3)))
  }
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

/** Tells whether a score is above that of the model never trained on the forget set: no forgetting can be better than that. */
export function isPastAim(score: number | null, neverTrained: number | null): boolean {
  return score !== null && neverTrained !== null && score > neverTrained
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}
