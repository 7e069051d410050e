import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Example } from '../../data/example.ts'
import type { Engine } from '../../engine/engine.ts'
import { createEngine } from '../../engine/node-engine.ts'
import { graphWeights } from '../../model/weights.ts'
import { BatchInputs } from '../../train/batch-inputs.ts'
import { createScorer } from '../../train/scorer.ts'
import { tinyExamples, tinyModel, tinyStore } from '../../train/testing/tiny-model.ts'
import { createLayerPatch, type PatchModel } from './layer-patch.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
})
afterAll(() => engine.dispose())

const model = tinyModel()
const inputs = new BatchInputs(model)
const examples = tinyExamples(5, 3)
// Every position but the last predicts: what a donor has then reaches all that is read.
const allTrained = examples.map((example) => ({
  ...example,
  trained: example.trained.map((_, t) => (t > 0 ? 1 : 0)),
}))

/** The host, but for the weights of one layer. */
async function donorWithOther(layer: number): Promise<PatchModel> {
  const [own, other] = [await tinyStore(model), await tinyStore(model, 'all', 2)]
  const from = (name: string) => (name.includes(`layers.${layer}.`) ? other : own).tensors
  const values = new Map([...own.tensors.keys()].map((name) => [name, from(name).get(name)!]))
  return { model, values }
}
const host = async () => ({ model, values: (await tinyStore(model)).tensors })

async function patchedScores(donor: PatchModel, given: readonly Example[], tokensPerBatch = 512) {
  const common = { engine, inputs, padToken: 0, tokensPerBatch }
  const patch = await createLayerPatch({ ...common, donor, host: await host() })
  const scores = await patch.scores(given)
  patch.dispose()
  return scores
}

async function ownScores({ values }: PatchModel, given: readonly Example[]) {
  const weights = graphWeights(model)
  const scorer = await createScorer({ engine, model, weights, values, inputs, padToken: 0 })
  const scores = await scorer.score(given)
  scorer.dispose()
  return scores.map(({ logProb, tokens }) => logProb / tokens)
}

function expectClose(got: readonly number[], expected: readonly number[]) {
  for (const [i, value] of got.entries()) expect(value).toBeCloseTo(expected[i], 4)
}

describe('activations of a donor in a host', () => {
  test('change nothing where both are the same', async () => {
    const scores = await patchedScores(await host(), examples)
    const own = await ownScores(await host(), examples)
    for (const [i, { whole, layers }] of scores.entries())
      expectClose([whole, ...layers], [own[i], own[i], own[i]])
  })

  test('are those after the layer: what differs later has no part, what differs before has all', async () => {
    const late = await donorWithOther(1)
    const scores = await patchedScores(late, examples)
    const [own, donors] = [await ownScores(await host(), examples), await ownScores(late, examples)]
    expect(Math.abs(own[0] - donors[0])).toBeGreaterThan(0.01)
    for (const [i, { layers }] of scores.entries()) expectClose(layers, [own[i], donors[i]])

    const early = await donorWithOther(0)
    const early0 = await patchedScores(early, allTrained)
    const earlyOwn = await ownScores(early, allTrained)
    for (const [i, { layers }] of early0.entries()) expectClose(layers, [earlyOwn[i], earlyOwn[i]])
  })

  test('do not depend on the batch size', async () => {
    const donor = await donorWithOther(0)
    const [alone, together] = [
      await patchedScores(donor, examples, 1),
      await patchedScores(donor, examples),
    ]
    for (const [i, { whole, layers }] of alone.entries())
      expectClose([whole, ...layers], [together[i].whole, ...together[i].layers])
  })
})
