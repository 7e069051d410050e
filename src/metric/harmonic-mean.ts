/**
 * Harmonic mean: `n / Σ 1/x_i`, and 0 as soon as one value is 0.
 *
 * @param values  at least one, none negative
 * @throws RangeError for none, or a negative one
 * Numerics: NaN stays NaN.
 * Source: scipy `hmean`; TOFU's model utility and SemEval's task aggregate are made of it.
 */
export function harmonicMean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('harmonic mean: expected at least one value, got 0')
  if (values.some((value) => value < 0))
    throw new RangeError(`harmonic mean: expected values ≥ 0, got ${Math.min(...values)}`)
  if (values.some((value) => value === 0)) return 0
  return values.length / values.reduce((sum, value) => sum + 1 / value, 0)
}
