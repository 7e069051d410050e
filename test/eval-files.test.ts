import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadExamples } from '../src/data/load-examples.ts'
import { createEngine } from '../src/engine/node-engine.ts'
import { evaluateModel } from '../src/job/evaluate-files.ts'
import { probeOf } from '../src/measure/rows/example-rows.ts'
import {
  answerProbability,
  containsAnswer,
  repetitionShare,
  rougeL,
  textPieces,
} from '../src/metric/index.ts'
import { createGenerator } from '../src/model/generate.ts'
import { graphWeights } from '../src/model/weights.ts'
import { textModel } from '../src/run/testing/tiny-run.ts'
import { createScorer } from '../src/train/scorer.ts'
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

test('files are measured as their examples one by one would be, from records that were written', async () => {
  const whole = await evaluateModel(options('whole'))
  const engine = await createEngine()
  const session = await openSession(engine, await openModel(textModel), null)
  const { model, store, inputs, tokenizer, stopTokens } = session
  const common = { engine, model, weights: graphWeights(model), values: store.tensors }
  const scorer = await createScorer({ ...common, inputs, padToken: tokenizer.padToken })
  const generator = await createGenerator(common)
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
  for (const set of ['forget', 'retain'] as const) {
    const { examples } = await loadExamples(options('')[set], tokenizer, {
      maxLength: model.maxPositions,
    })
    const scores: Record<string, number[]> = {
      probability: [],
      rougeL: [],
      exactMatch: [],
      repetition: [],
    }
    for (const example of examples) {
      const { tokens, answer } = probeOf(example, tokenizer)
      const [logProbs] = await scorer.tokenLogProbs([example])
      const [said] = await generator.generate([tokens], { maxNewTokens: 4, stopTokens })
      const text = tokenizer.decode(said, { skipSpecialTokens: true }).trim()
      scores.probability.push(answerProbability(logProbs))
      scores.rougeL.push(rougeL(answer, text).recall)
      scores.exactMatch.push(Number(containsAnswer(answer, text)))
      scores.repetition.push(repetitionShare(textPieces(text)))
    }
    for (const [name, own] of Object.entries(scores)) {
      const result = whole?.results.find(({ key }) => key === `${set}.${name}`)
      expect(result?.count).toBe(own.length)
      expect(result?.value).toBeCloseTo(mean(own), 5)
    }
  }
  engine.dispose()
  expect(whole?.results.map(({ key }) => key)).toHaveLength(10)
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
