import { describe, expect, it } from 'vitest'
import type { Comparison } from '../compare/comparison.ts'
import { renderComparison } from './comparison-page.ts'
import { changesTable, comparisonCsv, comparisonTable, textTable } from './comparison-table.ts'
import { markdownTable } from './markdown-table.ts'
import { paretoChart } from './pareto-chart.ts'

const row = (name: string, forget: number | null, retain: number, more = {}) => ({
  name,
  seeds: [0, 1],
  settings: { 'method.id': name },
  values: {
    'forget.rougeL': forget === null ? null : { mean: forget, deviation: 0.01, count: 2 },
    'retain.rougeL': { mean: retain, deviation: null, count: 1 },
  },
  changes: {
    'forget.rougeL': {
      key: 'forget.rougeL',
      value: 0.1,
      interval: [-0.1, 0.3] as const,
      overSeeds: true,
    },
    'retain.rougeL': null,
  },
  stepMilliseconds: { mean: 401.6, deviation: 2, count: 2 },
  peakBytes: null,
  troubles: [],
  isBest: false,
  ...more,
})

const comparison: Comparison = {
  baseline: 'npo',
  metrics: [
    { key: 'forget.rougeL', direction: 'lower' },
    { key: 'retain.rougeL', direction: 'higher' },
  ],
  axes: { forget: 'forget.rougeL', utility: 'retain.rougeL' },
  differing: ['method.id'],
  notes: [],
  notShown: [],
  references: [{ name: 'original', values: { 'forget.rougeL': 1, 'retain.rougeL': 1 } }],
  rows: [
    row('npo', 0.2, 0.9),
    row('blur <b>', 0.21, 0.95, { isBest: true }),
    row('ga', null, 0.1, { troubles: ['seed 0: guard "collapse", step 3'] }),
  ],
}

describe('tables', () => {
  it('show mean ± deviation, the one value of one seed, and what went wrong', () => {
    const { header, lines } = comparisonTable(comparison)
    expect(header).toEqual([
      '',
      'seeds',
      'forget.rougeL ↓',
      'retain.rougeL ↑',
      'ms a step',
      'peak memory',
      '',
    ])
    expect(lines[1]).toEqual(['npo', '2', '0.200 ± 0.010', '0.900', '402', '–', ''])
    expect(lines[2].at(-1)).toBe('not dominated')
    expect(lines[3]).toEqual([
      'ga',
      '2',
      '–',
      '0.100',
      '402',
      '–',
      'seed 0: guard "collapse", step 3',
    ])
    expect(changesTable(comparison).lines[0]).toEqual(['blur <b>', '+0.100 [−0.100, +0.300]', '–'])
  })

  it('as text, Markdown and CSV', () => {
    const text = textTable({ header: ['a', 'b'], lines: [['long', '1']] })
    expect(text).toBe('a     b\nlong  1\n')
    expect(markdownTable({ header: ['a', 'b'], lines: [['x|y', '1']] }, 'right')).toBe(
      '| a | b |\n| --- | ---: |\n| x\\|y | 1 |\n',
    )
    const csv = comparisonCsv(comparison).split('\n')
    expect(csv[1]).toBe('npo,forget.rougeL,lower,0.2,0.01,0 1,0.1,-0.1,0.3,npo,false,,true')
    expect(csv[5]).toContain('"seed 0: guard ""collapse"", step 3"')
  })
})

describe('figure and page', () => {
  const figure = paretoChart(comparison).text

  it('marks each kind of model, and says what is not shown', () => {
    expect(figure.match(/class="p-best"/g)?.length).toBe(1)
    expect(figure.match(/class="p-reference"/g)?.length).toBe(1)
    expect(figure).toContain('1 without a measurement after training')
    expect(figure).toContain('blur &lt;b&gt;')
    expect(figure).not.toContain('NaN')
  })

  it('is one page without anything from elsewhere', () => {
    const page = renderComparison(comparison, 'Two & two')
    expect(page).toContain('<title>Two &amp; two')
    expect(page).toContain(figure)
    expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
  })
})
