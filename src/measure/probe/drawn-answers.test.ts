import { expect, test } from 'vitest'
import { createEngine } from '../../engine/node-engine.ts'
import { openModel, openSession } from '../../train/session.ts'
import { greedyAnswers } from '../score/generated-answers.ts'
import { createMeasurer } from '../score/measurer.ts'
import { drawnAnswersProbe } from './drawn-answers.ts'

test('answers drawn without temperature are the greedy one', async () => {
  const engine = await createEngine()
  const session = await openSession(engine, await openModel('test/golden/llama-text'), null)
  const measurer = await createMeasurer(session)
  const rows = ['Which river?', 'Who was it?'].map((prompt, index) => ({
    ...{ set: 'forget', index, prompt, texts: {} },
    promptTokens: session.tokenizer.encode(prompt),
  }))
  const knobs = drawnAnswersProbe.schema.parse({ count: 2, temperature: 1e-6, maxNewTokens: 5 })
  const open = await drawnAnswersProbe.open(
    { measurer, original: null, stopRequested: () => false },
    knobs,
  )
  const { fields, generatedTokens } = await open.measure(rows)
  const greedy = await greedyAnswers(rows, { maxNewTokens: 5, stopAt: [] }, { measurer })
  expect(fields).toEqual(greedy.map(({ text }) => ({ samples: [text, text] })))
  expect(generatedTokens).toBe(2 * greedy.reduce((sum, { tokens }) => sum + tokens.length, 0))
  engine.dispose()
})
