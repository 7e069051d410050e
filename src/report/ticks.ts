/** Round values at which an axis is marked, and how they are written. */
export interface Tick {
  value: number
  label: string
}

/**
 * Ticks of a linear axis: multiples of 1, 2 or 5 · 10ᵏ inside `[low, high]`; none where the range is not finite, empty, or
 * narrower than numbers of its size can be counted.
 *
 * @param count  about how many are wanted
 */
export function linearTicks(low: number, high: number, count: number): Tick[] {
  const rough = (high - low) / count
  if (!(rough > 0 && rough < Number.POSITIVE_INFINITY)) return []
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.99)!
  const largest = Math.max(Math.abs(low), Math.abs(high))
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last)) return []
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
    const value = (first + i) * step
    return { value, label: label(value, step, largest) }
  })
}

/**
 * Ticks of a logarithmic axis inside `[low, high]`: decades, and values between where there is room; none where the range is not
 * finite, empty, or not above 0.
 */
export function logTicks(low: number, high: number, count: number): Tick[] {
  if (!(low > 0 && low < high && high < Number.POSITIVE_INFINITY)) return []
  const first = Math.floor(Math.log10(low) + 1e-9)
  const last = Math.ceil(Math.log10(high) - 1e-9)
  const ticksOf = (factors: readonly number[], every: number) => {
    const ticks: Tick[] = []
    for (let exponent = first; exponent <= last; exponent += every)
      for (const factor of factors) {
        const value = Number(`${factor}e${exponent}`)
        if (value >= low * 0.999 && value <= high * 1.001)
          ticks.push({ value, label: label(value, value, value) })
      }
    return ticks
  }
  const fine = [
    [1, 2, 5],
    [1, 3],
  ].map((factors) => ticksOf(factors, 1))
  return (
    fine.find((ticks) => ticks.length <= count + 1) ??
    ticksOf([1], Math.max(1, Math.ceil((last - first) / count)))
  )
}

/** Written with just the decimals that the step needs; one notation for all ticks of a linear axis. */
function label(value: number, step: number, largest: number): string {
  if (Math.abs(value) < step * 1e-6) return '0'
  if (largest < 1e-3 || largest >= 1e5) {
    const digits = Math.max(
      0,
      Math.floor(Math.log10(Math.abs(value)) + 1e-9) - Math.floor(Math.log10(step) + 1e-9),
    )
    return value.toExponential(digits).replace('e+', 'e').replaceAll('-', '\u2212')
  }
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  return value.toFixed(decimals).replace('-', '\u2212')
}
