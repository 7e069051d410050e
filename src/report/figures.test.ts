import { describe, expect, test } from 'vitest'
import { gaussian } from '../math/random.ts'
import { changeStrip } from './change-strip.ts'
import { type LineChart, lineChart } from './line-chart.ts'
import { movingMean, thin } from './series.ts'
import { sparkLine } from './spark-line.ts'
import { linearTicks, logTicks } from './ticks.ts'

const labels = (ticks: readonly { label: string }[]) => ticks.map(({ label }) => label)

describe('ticks', () => {
  test.each([
    [0, 1, ['0', '0.2', '0.4', '0.6', '0.8', '1.0']],
    [-1.12, 1.12, ['−1.0', '−0.5', '0', '0.5', '1.0']],
    [0, 90, ['0', '20', '40', '60', '80']],
    [0, 1.4e-3, ['0', '0.0005', '0.0010']],
    [0, 3e-4, ['0', '1e−4', '2e−4', '3e−4']],
    [0.9, 2.1e-5 + 0.9, ['0.900000', '0.900005', '0.900010', '0.900015', '0.900020']],
  ])('linear from %d to %d', (low, high, expected) => {
    expect(labels(linearTicks(low, high, 5))).toEqual(expected)
  })

  test.each([
    [0.8, 12, ['1', '2', '5', '10']],
    [0.015, 6, ['0.03', '0.1', '0.3', '1', '3']],
    [1e-7, 1e2, ['1e−7', '1e−5', '0.001', '0.1', '10']],
  ])('logarithmic from %d to %d', (low, high, expected) => {
    expect(labels(logTicks(low, high, 5))).toEqual(expected)
  })

  test('are round and inside, whatever the range', () => {
    for (let i = 0; i < 500; i++) {
      const low = 100 * gaussian(0, ['low'], i)
      const high = low + 10 ** (3 * gaussian(0, ['size'], i))
      const values = linearTicks(low, high, 5).map(({ value }) => value)
      expect(values.length).toBeGreaterThanOrEqual(2)
      expect(values.length).toBeLessThanOrEqual(7)
      const slack = 1e-6 * (high - low)
      expect(values[0]).toBeGreaterThanOrEqual(low - slack)
      expect(values.at(-1)).toBeLessThanOrEqual(high + slack)
    }
  })
})

describe('ranges without an end', () => {
  const lowest = Number.MIN_VALUE
  const highest = Number.MAX_VALUE
  const limits = [-highest, -1e17, -1, -lowest, 0, lowest, 1, 1e17, 1e17 + 16, highest]
  const numbers = [...limits, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

  test('axes of any two numbers have few marks', () => {
    for (const low of numbers)
      for (const high of numbers)
        for (const ticks of [linearTicks(low, high, 5), logTicks(low, high, 5)])
          expect(ticks.length, `${low} to ${high}`).toBeLessThanOrEqual(8)
  })

  test.each(['linear', 'log'] as const)('a %s chart of any values is drawn', (yScale) => {
    const drawn = (values: readonly number[], yInclude: readonly number[] = []) =>
      String(
        lineChart({
          title: 'Gradient norm',
          direction: null,
          unit: '',
          xLabel: 'step',
          yScale,
          yInclude,
          series: [{ name: 'a', tone: 'forget', points: values.map((y, x) => ({ x, y })) }],
        }),
      )
    for (const text of [
      drawn([]),
      drawn([0, 0, 0]),
      drawn([-1, -2]),
      drawn([0, 3, 5], [0]),
      drawn([Number.NaN, Number.POSITIVE_INFINITY]),
      drawn([1e-300, 1e300]),
      drawn([1e17, 1e17 + 16]),
    ])
      expect(text).not.toMatch(/NaN|Infinity/)
  })
})

describe('series', () => {
  const points = (ys: (number | null)[]) => ys.map((y, x) => ({ x, y }))

  test('moving mean keeps a straight line inside and gaps as gaps', () => {
    expect(movingMean(points([0, 1, 2, 3, 4]), 3).map(({ y }) => y)).toEqual([0.5, 1, 2, 3, 3.5])
    expect(movingMean(points([1, null, 3]), 3).map(({ y }) => y)).toEqual([1, null, 3])
  })

  test('thinning keeps order, extremes and gaps', () => {
    const ys: (number | null)[] = Array.from({ length: 5000 }, (_, i) => gaussian(0, ['y'], i))
    ys[1234] = 99
    ys[4321] = null
    const kept = thin(points(ys), 400)
    expect(kept.length).toBeLessThanOrEqual(410)
    expect(kept).toContainEqual({ x: 1234, y: 99 })
    expect(kept).toContainEqual({ x: 4321, y: null })
    expect(kept.map(({ x }) => x)).toEqual(kept.map(({ x }) => x).sort((a, b) => a - b))
    expect(thin(points([1, 2]), 400)).toEqual(points([1, 2]))
  })
})

describe('lineChart', () => {
  const noise = (name: string) =>
    Array.from({ length: 12 }, (_, x) => ({ x: x + 1, y: Math.exp(gaussian(0, [name], x)) }))
  const chart: LineChart = {
    title: 'Losses <of> "two" sets',
    direction: 'lower',
    unit: 'nats',
    xLabel: 'step',
    yScale: 'linear',
    series: [
      { name: 'forget', tone: 'forget', points: noise('forget') },
      {
        name: 'retain',
        tone: 'retain',
        points: movingMean(noise('retain'), 3),
        raw: noise('retain'),
      },
    ],
    marks: [
      { x: 4.5, label: null },
      { x: 9, label: 'guard' },
      { x: 99, label: 'outside' },
    ],
  }

  test('linear, with raw lines and marks', () => {
    const svg = lineChart(chart).text
    expect(svg).toMatchSnapshot()
    expect(svg).toContain('Losses &lt;of&gt; &quot;two&quot; sets')
    expect(svg).not.toContain('outside')
  })

  test('logarithmic', () => {
    expect(lineChart({ ...chart, direction: null, yScale: 'log' }).text).toMatchSnapshot()
  })

  test('a gap breaks the line; nothing that is not a number reaches the page', () => {
    const ys = [1, null, Number.NaN, 2, Number.POSITIVE_INFINITY, 3, 0, -1]
    for (const yScale of ['linear', 'log'] as const) {
      const svg = lineChart({
        ...chart,
        yScale,
        series: [{ name: 'a', tone: 'neutral', points: ys.map((y, x) => ({ x, y })) }],
      }).text
      expect(svg).not.toMatch(/NaN|Infinity|null|undefined/)
      const [line] = svg.match(/(?<=class="line neutral" d=")M[^"]*(?="\/>\n)/) ?? ['']
      expect(line.match(/M/g)).toHaveLength(3)
    }
  })

  test.each([
    ['one point', [{ x: 3, y: 5 }]],
    [
      'a constant',
      [
        { x: 1, y: 0 },
        { x: 2, y: 0 },
      ],
    ],
    ['nothing', []],
  ])('%s still has axes with numbers', (_, points) => {
    const svg = lineChart({ ...chart, series: [{ name: 'a', tone: 'forget', points }] }).text
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
    expect(svg).toContain('class="chart-grid"')
  })
})

test('changeStrip', () => {
  const svg = changeStrip(
    'forget',
    { value: 0.95, low: 0.9, high: 0.98 },
    { value: 0.21, low: 0.15, high: 0.27 },
  ).text
  expect(svg).toMatchSnapshot()
})

test('a spark line has a line for each series, in its own range, and nothing for a series without points', () => {
  const { text } = sparkLine([
    {
      tone: 'forget',
      points: [
        { x: 1, y: 4 },
        { x: 2, y: null },
        { x: 3, y: 2 },
      ],
    },
    { tone: 'retain', points: [{ x: 1, y: 5 }] },
  ])
  expect(text).toMatchSnapshot()
  expect(text).toContain('d="M1.0 2.0L95.0 22.0"')
  expect(text).toContain('d=""')
})
