/** A number over several seeds. */
export interface Spread {
  readonly mean: number
  /** Standard deviation over seeds (n − 1); null for one. */
  readonly deviation: number | null
  readonly count: number
}

/** @returns null where there is nothing */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const deviation = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : null
  return { mean, deviation, count: values.length }
}
