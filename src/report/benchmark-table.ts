import { directionText } from '../measure/direction.ts'
import type { BenchmarkResult } from '../measure/results.ts'

const columns = ['metric', 'better', 'value', '95 % interval', 'original', 'never trained'] as const

/** Every number with its direction, interval and both references, in aligned columns; then what has no value and why. */
export function benchmarkTable(results: readonly BenchmarkResult[]): string {
  const rows = [columns as readonly string[], ...results.filter(hasValue).map(cells)]
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i].length)))
  const lines = rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd(),
  )
  const without = results
    .filter((result) => !hasValue(result))
    .map(({ key, reason }) => `${key}: no value: ${reason}`)
  return `${[...lines, ...without].join('\n')}\n`
}

function hasValue({ value }: BenchmarkResult): boolean {
  return value !== null
}

function cells(result: BenchmarkResult): string[] {
  const { key, better, value, interval, original, neverTrained } = result
  return [
    key,
    directionText(better),
    numberText(value),
    interval ? `[${numberText(interval[0])}, ${numberText(interval[1])}]` : '',
    numberText(original),
    numberText(neverTrained),
  ]
}

/** Three decimals; a p-value in scientific notation where that would be 0. */
export function numberText(value: number | null): string {
  if (value === null) return '–'
  if (value !== 0 && Math.abs(value) < 5e-4) return value.toExponential(2)
  return Math.abs(value) >= 100 ? value.toFixed(1) : value.toFixed(3)
}
