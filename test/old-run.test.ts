import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { compareRuns } from '../src/compare/comparison.ts'
import { comparisonTable } from '../src/report/comparison-table.ts'
import { reportFromRunFolder } from '../src/report/from-run-folder.ts'
import { readEvaluations } from '../src/run/evaluations.ts'
import { buildMetrics, readMetrics } from '../src/run/metrics-file.ts'
import { readComparedRun } from '../src/run/read-compared-run.ts'
import { openRunFolder } from '../src/run/run-folder.ts'
import { readSamples } from '../src/run/samples.ts'
import { createRunList } from '../src/studio/run-list.ts'
import { sampleRows } from '../src/studio/sample-rows.ts'

/** What version 0.1.0 left of a run on a model of random weights that was evaluated on a few rows; without its weights. */
const golden = resolve('test/golden')
const folder = openRunFolder(resolve(golden, 'old-run'))

test('its records give the numbers, intervals and changes that it has stored', () => {
  const samples = readSamples(folder.samples)
  const [before, after] = ['before', 'after'].map((phase) =>
    samples.filter((sample) => sample.phase === phase),
  )
  const stored = readMetrics(folder.metrics)
  const built = buildMetrics(before, after, 0)
  // What has been measured only since then is made of the same records.
  expect(built.after['forget.factRecall']).toBeLessThanOrEqual(1)
  const known = Object.keys(stored.directions)
  const ofThen = <T>(part: Readonly<Record<string, T>>) => known.map((key) => part[key])
  expect(ofThen(built.directions)).toEqual(ofThen(stored.directions))
  expect(ofThen(built.counts)).toEqual(ofThen(stored.counts))
  const numbers = (value: unknown): number[] =>
    typeof value === 'number' ? [value] : Object.values(value ?? {}).flatMap(numbers)
  const [own, old] = [built, stored].map(({ before, after, changes, intervals }) =>
    [before, after, changes, ...Object.values(intervals)].flatMap((part) =>
      numbers(ofThen<unknown>(part)),
    ),
  )
  expect(own).toHaveLength(8 * 9)
  for (const [i, value] of own.entries()) expect(value).toBeCloseTo(old[i], 12)
})

test('its report shows what it was measured on, and no longer says that nobody tried', () => {
  const page = reportFromRunFolder(folder.path)
  expect(page).toContain('id="benchmark-tofu-forget01"')
  expect(page).toContain('Extraction')
  expect(page).not.toContain('No membership inference')
  expect(page).toContain('No comparison with retraining')
  const [{ results }] = readEvaluations(folder)
  const { value } = results.find(({ key }) => key === 'membership.loss') ?? {}
  expect(value).toBeCloseTo(1 / 9, 12)
})

test('it is compared, with a column for every metric of its benchmark', () => {
  const run = readComparedRun(folder.path)
  const options = { forgetMetric: 'forget.rougeL', utilityMetric: 'retain.rougeL' }
  const { header, lines } = comparisonTable(compareRuns([run], options))
  const column = header.indexOf('tofu/forget01:membership.loss →')
  expect(lines.at(-1)?.[column]).toBe('0.111')
  expect(header).toContain('forget.rougeL ↓')
})

test('the studio lists it and its answers', () => {
  const summary = createRunList(golden).one('old-run')
  expect(summary).toMatchObject({ state: 'finished', method: 'blur' })
  expect(summary.after['retain.probability']).toEqual(expect.any(Number))
  const rows = sampleRows(folder, new Map())
  expect(rows).toHaveLength(16)
  expect(rows[0]).toMatchObject({
    set: 'forget',
    prompt: 'Forget 0: which river?',
    answer: 'Lethe',
  })
})
