import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadExamples } from '../src/data/load.ts'
import { createEngine } from '../src/engine/node.ts'
import { evaluateSet } from '../src/measure/evaluate.ts'
import { evaluateModel } from '../src/measure/evaluate-model.ts'
import { createEvaluator } from '../src/measure/evaluator.ts'
import { summarise } from '../src/metric/index.ts'
import { textModel } from '../src/run/testing/tiny-run.ts'
import { openModel, openSession } from '../src/train/session.ts'

let root: string
const lines = (items: object[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('')
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lethe-eval-files-'))
  const questions = Array.from({ length: 131 }, (_, i) => ({
    question: `Which river is ${i}?`,
    answer: `River ${i % 7}${' and on'.repeat(i % 3)}`,
  }))
  await writeFile(join(root, 'forget.jsonl'), lines(questions))
  const texts = Array.from({ length: 5 }, (_, i) => ({ text: `The ${i}th river runs to the sea.` }))
  await writeFile(join(root, 'retain.jsonl'), lines(texts))
})
afterAll(() => rm(root, { recursive: true }))

const options = (output: string) => ({
  model: textModel,
  forget: join(root, 'forget.jsonl'),
  retain: join(root, 'retain.jsonl'),
  limit: null,
  maxNewTokens: 4,
  output: join(root, output),
})
const records = (output: string) => readFile(join(root, output, 'records.jsonl'), 'utf8')

test('files are measured as lethe run measures them, from records that were written', async () => {
  const whole = await evaluateModel(options('whole'))
  const engine = await createEngine()
  const session = await openSession(engine, await openModel(textModel), null)
  const evaluator = await createEvaluator(session, 4)
  const expected = []
  for (const set of ['forget', 'retain'] as const) {
    const { examples } = await loadExamples(options('')[set], session.tokenizer, {
      maxLength: session.model.maxPositions,
    })
    expected.push(...(await evaluateSet(set, examples, evaluator)))
  }
  engine.dispose()
  const summaries = summarise(expected, 0)
  expect(whole?.summaries.map(({ key, count }) => [key, count])).toEqual(
    summaries.map(({ key, count }) => [key, count]),
  )
  for (const [i, { value }] of summaries.entries())
    expect(whole?.summaries[i].value).toBeCloseTo(value, 5)
  expect((await records('whole')).trimEnd().split('\n')).toHaveLength(136)
})

test('what was stopped goes on to the same bytes; other files need another folder', async () => {
  await evaluateModel(options('whole'))
  let chunks = 0
  const stopped = { ...options('stopped'), stopRequested: () => chunks++ > 0 }
  expect(await evaluateModel(stopped)).toBeNull()
  const went = await evaluateModel(options('stopped'))
  expect(went?.output).toBe(join(root, 'stopped'))
  expect(await records('stopped')).toBe(await records('whole'))
  await expect(evaluateModel({ ...options('whole'), limit: 3 })).rejects.toThrow(
    /expected limit null, got 3.*--replace/,
  )
  await expect(evaluateModel({ ...options('none'), forget: null, retain: null })).rejects.toThrow(
    /--forget and --retain/,
  )
})
