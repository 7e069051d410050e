import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { benchmarkSchema } from './benchmark.ts'
import { openRecords, readRecordLines } from './record-lines.ts'
import { benchmarkResults } from './results.ts'
import { answered } from './testing/answered.ts'

const folder = mkdtempSync(join(tmpdir(), 'lethe-records-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('numbers that JSON does not have come back, and a broken model has no value', () => {
  const path = join(folder, 'records.jsonl')
  const [whole] = answered({ set: 'forget', probability: 0.5, tokens: 2 }).texts.answer
  const odd = {
    ...whole,
    logProbs: [Number.NEGATIVE_INFINITY, Number.NaN],
    mean: [Number.NaN, 1],
    variance: [0, Number.POSITIVE_INFINITY],
    gradientNorms: [Number.NaN],
    patched: { whole: Number.NaN, layers: [1, Number.NEGATIVE_INFINITY] },
  }
  const records = [
    answered({ set: 'forget', probability: 0.5, tokens: 2 }),
    {
      ...answered({ set: 'forget', index: 1 }),
      texts: { answer: [odd] },
      probes: { trace: { layers: [Number.NaN, -1], said: 'Infinity is far', none: true } },
    },
  ]
  const writer = openRecords(path)
  for (const record of records) writer.append(record)
  writer.close()
  const read = readRecordLines(path)
  expect(read).toEqual(records)
  expect(readFileSync(path, 'utf8').split('\n')[0]).toBe(JSON.stringify(records[0]))
  const benchmark = benchmarkSchema.parse({
    id: 'mine',
    title: 'Mine',
    sets: { forget: { file: 'f' } },
    metrics: { known: { kind: 'probability', better: 'lower', options: { set: 'forget' } } },
    ranking: { forget: 'known', utility: 'known' },
  })
  const alone = { original: null, neverTrained: null }
  expect(benchmarkResults(benchmark, { model: read, ...alone })[0]).toMatchObject({
    value: null,
    reason: 'not a finite number: NaN',
  })
})
