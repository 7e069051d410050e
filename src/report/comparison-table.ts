import type { Comparison, ComparisonRow } from '../compare/comparison.ts'
import { valueText } from '../compare/groups.ts'
import { arrowOf } from '../measure/direction.ts'
import { bytesText } from '../units.ts'
import { change, decimal } from './format.ts'
import type { TextTable } from './markdown-table.ts'

/** The numbers that most readers look at first. */
export function comparisonTable(comparison: Comparison): TextTable {
  const { metrics, references, rows } = comparison
  const columns = metrics.map(({ key, direction }) => `${key} ${arrowOf(direction)}`)
  return {
    header: ['', 'seeds', ...columns, 'ms a step', 'peak memory', ''],
    lines: [
      ...references.map(({ name, values }) => [
        name,
        '',
        ...metrics.map(({ key }) => decimal(values[key] ?? null)),
        '',
        '',
        '',
      ]),
      ...rows.map((row) => [
        row.name,
        String(row.seeds.length),
        ...metrics.map(({ key }) => spreadText(row, key)),
        row.stepMilliseconds ? row.stepMilliseconds.mean.toFixed(0) : '–',
        row.peakBytes ? bytesText(row.peakBytes.mean) : '–',
        noteOf(row),
      ]),
    ],
  }
}

/** The table of each row's differences from the baseline, with 95 % intervals; † marks one of rows only, for want of seeds. */
export function changesTable(comparison: Comparison): TextTable {
  const { metrics, rows, baseline } = comparison
  const others = rows.filter(({ name }) => name !== baseline)
  return {
    header: [`against ${baseline}`, ...metrics.map(({ key }) => key)],
    lines: others.map((row) => [
      row.name,
      ...metrics.map(({ key }) => {
        const found = row.changes[key]
        if (!found || found.value === null) return '–'
        if (!found.interval) return change(found.value)
        const [low, high] = found.interval
        return `${change(found.value)} [${change(low)}, ${change(high)}]${found.overSeeds ? '' : ' †'}`
      }),
    ]),
  }
}

/** What the intervals of {@link changesTable} are. */
export const changesNote =
  'Changes: in brackets a 95 % interval, for other seeds and other rows (Welch’s t over seeds, the bootstrap over rows). †: of rows only, since a row or the baseline has one seed: how much another seed would differ is not in it, and a change that it sets apart from 0 may be one of seeds.'

/** Settings that are not the same in all rows. */
export function settingsTable({ rows, differing }: Comparison): TextTable {
  return {
    header: ['', ...differing],
    lines: rows.map(({ name, settings }) => [
      name,
      ...differing.map((path) => valueText(settings[path])),
    ]),
  }
}

function spreadText({ values }: ComparisonRow, key: string): string {
  const spread = values[key]
  if (!spread) return '–'
  const { mean, deviation } = spread
  return deviation === null ? decimal(mean) : `${decimal(mean)} ± ${decimal(deviation)}`
}

function noteOf({ isBest, troubles }: ComparisonRow): string {
  return [isBest ? 'not dominated' : '', ...troubles].filter(Boolean).join('; ')
}

/** Columns in line, for a terminal. */
export function textTable({ header, lines }: TextTable): string {
  const all = [header, ...lines]
  const widths = header.map((_, i) => Math.max(...all.map((line) => line[i].length)))
  return all
    .map((line) => `${line.map((cell, i) => cell.padEnd(widths[i])).join('  ')}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('')
}

/** Writes a comparison as CSV, one line a row and metric: what a data frame wants. */
export function comparisonCsv({ rows, metrics, baseline }: Comparison): string {
  const header = [
    'row,metric,direction,mean,sd,seeds,change_from_baseline,low,high,baseline,not_dominated,trouble,interval_over_seeds',
  ]
  const lines = rows.flatMap((row) =>
    metrics.map(({ key, direction }) => {
      const [spread, found] = [row.values[key], row.changes[key]]
      return [
        row.name,
        key,
        typeof direction === 'string' ? direction : direction.target,
        spread?.mean ?? '',
        spread?.deviation ?? '',
        row.seeds.join(' '),
        found?.value ?? '',
        found?.interval?.[0] ?? '',
        found?.interval?.[1] ?? '',
        baseline,
        row.isBest,
        row.troubles.join('; '),
        found?.overSeeds ?? '',
      ]
        .map((cell) => csvCell(String(cell)))
        .join(',')
    }),
  )
  return [...header, ...lines].map((line) => `${line}\n`).join('')
}

function csvCell(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
