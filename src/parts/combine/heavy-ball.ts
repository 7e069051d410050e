/**
 * One step along a slope with momentum: `x ← x + rate·slope + momentum·(x − x_before)`.
 *
 * For players of a game, such as weights and a multiplier, momentum narrows the range of rates in which they settle, and
 * a negative one widens it; they settle best where they move in turn, each seeing what the other just did.
 *
 * @param momentum above −1 and below 1; 0 for a plain step
 * Source: heavy ball in min-max games 2025, arXiv:2505.19537; Polyak 1964.
 */
export function heavyBall(
  value: number,
  before: number,
  slope: number,
  { rate, momentum }: { readonly rate: number; readonly momentum: number },
): number {
  return value + rate * slope + momentum * (value - before)
}
