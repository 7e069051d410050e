import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createEngine } from '../engine/node-engine.ts'
import { evaluateBenchmark } from '../measure/evaluation/evaluate-benchmark.ts'
import { readEvaluation } from '../measure/evaluation/evaluation-file.ts'
import { benchmarkResults } from '../measure/results.ts'
import { createMeasurer } from '../measure/score/measurer.ts'
import { answerProbability } from '../metric/index.ts'
import { generalAbility } from '../questions/general-ability.ts'
import { openModel, openSession } from '../train/session.ts'
import { chanceAccuracy, general, generalBeside } from './general.ts'
import { measureGeneralAbility } from './measure-general.ts'

const model = new URL('../../assets/lethe-tiny', import.meta.url).pathname
const always = { clock: () => 0, stopRequested: () => false }

test('needs no data folder, and gives in memory what an evaluation writes', async () => {
  const output = await mkdtemp(join(tmpdir(), 'lethe-general-'))
  const engine = await createEngine()
  const limit = 4
  await evaluateBenchmark({
    ...always,
    ...{ engine, benchmark: general, model, original: null, data: '.', output, limit },
    ...{ split: null, replace: false, tell: () => {} },
  })
  const { file, records } = readEvaluation(output)
  expect(file.identity.data).toEqual({})
  const session = await openSession(engine, await openModel(model), null)
  const measurer = await createMeasurer(session)
  const inMemory = await measureGeneralAbility(general, measurer, { ...always, limit })
  expect(inMemory).toEqual(records)
  expect(
    await measureGeneralAbility(general, measurer, { ...always, stopRequested: () => true }),
  ).toBeNull()
  measurer.dispose()
  engine.dispose()
  await rm(output, { recursive: true })

  const results = benchmarkResults(general, { model: records, original: null, neverTrained: null })
  const valueAt = (name: string) => results.find(({ key }) => key === name)?.value as number
  const own = records.filter(({ set }) => set === 'facts')
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
  expect(valueAt('facts.probability')).toBeCloseTo(
    mean(own.map(({ texts }) => answerProbability(texts.answer[0].logProbs))),
    12,
  )
  const right = own.filter(({ texts }) => {
    const [answer, ...wrong] = [...texts.answer, ...texts.perturbed].map(({ logProbs }) =>
      mean([...logProbs]),
    )
    return wrong.every((each) => each <= answer)
  })
  expect(valueAt('facts.accuracy')).toBe(right.length / own.length)
  const areas = ['language', 'arithmetic', 'instructions', 'facts']
  expect(valueAt('probability')).toBeCloseTo(
    mean(areas.map((area) => valueAt(`${area}.probability`))),
    12,
  )
})

test('a guess is right once in as many times as there are options', () => {
  expect(chanceAccuracy(general)).toBeGreaterThan(1 / 3)
  expect(chanceAccuracy(general)).toBeLessThan(0.4)
})

test('what shares a name with what is to be forgotten is left out and told', () => {
  const { benchmark, dropped } = generalBeside(['Which river flows through Paris?', 'The Seine.'])
  expect(dropped.map(({ question }) => question)).toEqual(['What is the capital of France?'])
  const rows = Object.values(benchmark.sets).reduce((sum, set) => sum + (set.rows ?? []).length, 0)
  expect(rows).toBe(generalAbility().length - 1)
})
