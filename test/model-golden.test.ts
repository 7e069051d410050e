import { expect, test } from 'vitest'
import { createEngine } from '../src/engine/node-engine.ts'
import { referenceEngine } from '../src/engine/reference.ts'
import { goldenModels, logitsDifference, runModelGoldens } from './helpers/model-goldens.ts'

runModelGoldens(() => createEngine({ threads: 2 }))

test.each(goldenModels)('%s in float64', async (name) => {
  expect(await logitsDifference(referenceEngine, name)).toBeLessThan(2e-6)
})
