/**
 * The 97.5 % quantile of Student's t: the half width, in standard errors, of a 95 % interval.
 *
 * `P(|T| ≤ q) = 0.95`; 12.706 for one degree of freedom, 1.960 for infinitely many.
 *
 * @param freedom degrees of freedom, above 0, a fraction where Welch and Satterthwaite give one
 * Numerics: bisection of the incomplete beta function, right to some 1e-12 relative.
 */
export function studentQuantile(freedom: number): number {
  if (freedom > 1e10) return 1.959963984540054
  let [low, high] = [1.9, 2]
  while (twoSidedTail(high, freedom) > 0.05) high *= 2
  for (let i = 0; i < 200 && high - low > 1e-14 * high; i++) {
    const middle = (low + high) / 2
    if (twoSidedTail(middle, freedom) > 0.05) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** `P(|T| > t) = I_x(ν/2, 1/2)`, x = ν / (ν + t²). */
function twoSidedTail(t: number, freedom: number): number {
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5)
}

/** `I_x(a, b)` by its continued fraction. Source: Abramowitz and Stegun 26.5.8, by Lentz's method. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  )
  let [c, d] = [1, 1 / (1 - ((a + b) * x) / (a + 1))]
  let fraction = d
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    let change = 1
    for (const term of [even, odd]) {
      d = 1 / (1 + term * d)
      c = 1 + term / c
      change = c * d
      fraction *= change
    }
    if (Math.abs(change - 1) < 1e-15) break
  }
  return (front * fraction) / a
}

/** ln Γ(x) for x > 0: Stirling's series from 12 up, the recurrence below. */
function logGamma(x: number): number {
  let shift = 0
  while (x < 12) shift -= Math.log(x++)
  const square = 1 / (x * x)
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / x
  return shift + (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series
}
