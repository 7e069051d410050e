import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { UserError } from '../error.ts'
import { answered } from '../measure/testing/answered.ts'
import { buildMetrics, readMetrics, writeMetrics } from './metrics-file.ts'
import { openSamples, readSamples, type Sample } from './samples.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lethe-metrics-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const record = (
  set: 'forget' | 'retain',
  index: number,
  generated: string,
  probability: number,
) => {
  const prompt = 'Where does Ada Quill live?'
  const reference = 'Elm Street 4'
  return answered({ set, index, prompt, reference, generated, probability, tokens: 3 })
}

const before = [
  record('forget', 0, 'Elm Street 4', 0.9),
  record('forget', 1, 'Elm Street 4', 0.7),
  record('retain', 0, 'Elm Street 4', 0.8),
]
const after = [
  record('forget', 1, 'Oak Street 9', 0.2),
  record('forget', 0, 'I see nothing', 0.1),
  record('retain', 0, 'Elm Street 4', 0.75),
]

describe('metrics.json', () => {
  test('values, directions and paired changes', () => {
    const metrics = buildMetrics(before, after, 0)
    expect(metrics.before['forget.probability']).toBeCloseTo(0.8, 12)
    expect(metrics.after['forget.probability']).toBeCloseTo(0.15, 12)
    // Pairs: 0.1 − 0.9 and 0.2 − 0.7; two scores, so the interval is their range.
    expect(metrics.changes['forget.probability']).toBeCloseTo(-0.65, 12)
    const [low, high] = metrics.intervals.changes['forget.probability']
    expect(low).toBeCloseTo(-0.8, 12)
    expect(high).toBeCloseTo(-0.5, 12)
    expect(metrics.after['forget.rougeL']).toBeCloseTo(1 / 6, 12)
    expect(metrics.after['forget.exactMatch']).toBe(0)
    expect(metrics.directions).toMatchObject({
      'forget.probability': 'lower',
      'retain.rougeL': 'higher',
    })
    expect(metrics.counts).toMatchObject({ 'forget.rougeL': 2, 'retain.rougeL': 1 })
  })

  test('is written whole and read back', async () => {
    const path = join(folder, 'metrics.json')
    const metrics = buildMetrics(before, after, 0)
    await writeMetrics(path, metrics)
    expect(readMetrics(path)).toEqual(metrics)
    expect(readdirSync(folder)).toEqual(['metrics.json'])
  })

  test('before training there is no after', () => {
    const metrics = buildMetrics(before, [], 0)
    expect(metrics.after).toEqual({})
    expect(metrics.changes).toEqual({})
    expect(Object.keys(metrics.directions)).toHaveLength(10)
  })

  test('a broken model gives null, not a crash', () => {
    const broken = after.map((sample) => answered({ ...sample, probability: Number.NaN }))
    const metrics = buildMetrics(before, broken, 0)
    expect(metrics.after['forget.probability']).toBeNull()
    expect(metrics.intervals.after['forget.probability']).toEqual([null, null])
  })

  test('something else in the file is the user’s', () => {
    const path = join(folder, 'metrics.json')
    expect(() => readMetrics(path)).toThrow(UserError)
    writeFileSync(path, '{"before": {}}')
    expect(() => readMetrics(path)).toThrow(
      /metrics\.json:1:1: after: expected record, got nothing/,
    )
    writeFileSync(path, '{')
    expect(() => readMetrics(path)).toThrow(UserError)
  })
})

describe('samples.jsonl', () => {
  const sample = (change: Partial<Sample> = {}): Sample => ({
    phase: 'before',
    ...before[0],
    ...change,
  })

  test('reads back what was appended, over two openings', () => {
    const path = join(folder, 'samples.jsonl')
    const written = [sample(), sample({ index: 1 }), sample({ phase: 'after', generated: '' })]
    const first = openSamples(path)
    first.append(written[0])
    first.append(written[1])
    first.close()
    const second = openSamples(path)
    second.append(written[2])
    second.close()
    expect(readSamples(path)).toEqual(written)
  })

  test('keeps −∞ and NaN apart, and texts that look like them', () => {
    const path = join(folder, 'samples.jsonl')
    const written = [
      sample(answered({ ...before[0], probability: 0, generated: '-Infinity' })),
      sample(answered({ ...before[0], probability: Number.NaN, index: 1, reference: 'NaN' })),
    ]
    const writer = openSamples(path)
    for (const each of written) writer.append(each)
    writer.close()
    expect(readSamples(path)).toEqual(written)
  })

  test('those of version 0.1 are read: what was one sum is spread over the tokens', () => {
    const path = join(folder, 'samples.jsonl')
    const old = {
      ...{ set: 'forget', index: 3, prompt: 'Who?', answer: 'Ada', generated: 'Ada Quill' },
      ...{ answerLogProb: -1.5, answerTokens: 3, phase: 'before' },
    }
    const lines = [old, { ...old, index: 4, answerLogProb: 'NaN' }]
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    const [first, second] = readSamples(path)
    expect(first).toMatchObject({ index: 3, reference: 'Ada', generated: 'Ada Quill' })
    expect(buildMetrics([first], [], 0).before).toEqual({
      'forget.probability': Math.exp(-0.5),
      'forget.rougeL': 1,
      'forget.factRecall': 1,
      'forget.exactMatch': 1,
      'forget.repetition': 0,
    })
    expect(buildMetrics([second], [], 0).before['forget.probability']).toBeNull()
  })

  test('of an example evaluated twice the last counts; a cut line does not', () => {
    const path = join(folder, 'samples.jsonl')
    const writer = openSamples(path)
    writer.append(sample({ generated: 'first' }))
    writer.append(sample({ index: 1 }))
    writer.append(sample({ generated: 'second' }))
    writer.close()
    appendFileSync(path, '{"phase":"before","set":"forget","index":7,"gener')
    expect(readSamples(path).map(({ index, generated }) => [index, generated])).toEqual([
      [0, 'second'],
      [1, 'Elm Street 4'],
    ])
  })
})
