import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine, Tensor } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import { referenceEngine } from '../engine/reference.ts'
import { hostNumbers } from '../engine/testing/host-numbers.ts'
import { gaussian, integer } from '../math/random.ts'
import type { LanguageModel } from '../model/model.ts'
import { activationMatch } from '../parts/loss/activation-match.ts'
import { crossEntropy } from '../parts/loss/cross-entropy.ts'
import { npo } from '../parts/loss/npo.ts'
import { rmu } from '../parts/loss/rmu.ts'
import { BatchInputs } from './batch-inputs.ts'
import type { MicroBatch } from './micro-batch.ts'
import { type GroupLoss, lossOutput } from './objective.ts'
import { runnerFor } from './testing/runner.ts'
import { microBatch, tinyExamples, tinyModel, tinyStore } from './testing/tiny-model.ts'
import type { ParameterChoice } from './trainable-set.ts'
import type { WeightStore } from './weight-store.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
})
afterAll(() => engine.dispose())

const forget = tinyExamples(7, 3)
const retain = tinyExamples(5, 4)
const npoLoss: GroupLoss = { loss: npo, knobs: { beta: 0.1 } }
const tokenMean: GroupLoss = { loss: crossEntropy, knobs: {} }

/** Central differences of `Σ scale · loss` in float64 at a few places of every trained tensor. */
async function differences(
  model: LanguageModel,
  store: WeightStore,
  losses: Record<string, GroupLoss>,
  micro: MicroBatch,
  scales: Record<string, number>,
  places: ReadonlyMap<string, readonly number[]>,
): Promise<Map<string, number[]>> {
  const values = new Map(
    [...store.tensors].map(([name, { data, shape }]) => [
      name,
      { data: Float64Array.from(hostNumbers(data)), shape },
    ]),
  )
  const { runner } = await runnerFor({
    engine: referenceEngine,
    model,
    store,
    losses,
    values,
  })
  const outputs = Object.fromEntries(
    Object.keys(losses).map((group) => [
      lossOutput(group),
      runner.objective.outputs[lossOutput(group)],
    ]),
  )
  const program = await referenceEngine.compile(outputs)
  const { inputsFor } = runnerInputs(model, micro, scales)
  const loss = async () => {
    const results = Object.fromEntries(
      Object.keys(outputs).map((name) => [name, new Float64Array(1)]),
    )
    await program.run({ ...Object.fromEntries(values), ...inputsFor }, results)
    return Object.entries(scales).reduce(
      (sum, [group, scale]) => sum + scale * results[lossOutput(group)][0],
      0,
    )
  }
  const slopes = new Map<string, number[]>()
  for (const [name, indices] of places) {
    const { data } = values.get(name) as { data: Float64Array }
    const found: number[] = []
    for (const i of indices) {
      const kept = data[i]
      const h = 1e-5 * Math.max(1, Math.abs(kept))
      data[i] = kept + h
      const above = await loss()
      data[i] = kept - h
      found.push((above - (await loss())) / (2 * h))
      data[i] = kept
    }
    slopes.set(name, found)
  }
  return slopes
}

/** The inputs of one micro-batch that is the whole step, worked out from the definition of the weights. */
function runnerInputs(model: LanguageModel, micro: MicroBatch, scales: Record<string, number>) {
  const { batch, groups, referenceLogProb = new Float32Array() } = micro
  const inputsFor: Record<string, Tensor> = { ...new BatchInputs(model).batch(batch) }
  const answers = batch.rows.length
  const owner = Array.from(batch.sequenceOf)
  inputsFor.membership = {
    data: Float64Array.from(
      groups.flatMap((_, b) => owner.map((sequence) => (sequence === b ? 1 : 0))),
    ),
    shape: [batch.batch, answers],
  }
  for (const [group, scale] of Object.entries(scales)) {
    const inGroup = owner.map((sequence) => groups[sequence] === group)
    const tokens = inGroup.filter(Boolean).length
    const sequences = groups.filter((own) => own === group).length
    const vector = (data: number[]) => ({ data: Float64Array.from(data), shape: [data.length] })
    inputsFor[`${group} scale`] = { data: Float64Array.of(scale), shape: [] }
    inputsFor[`${group} tokenWeight`] = vector(inGroup.map((own) => (own ? 1 / tokens : 0)))
    inputsFor[`${group} sequenceWeight`] = vector(
      groups.map((own) => (own === group ? 1 / sequences : 0)),
    )
    inputsFor.referenceLogProb = vector([...referenceLogProb])
  }
  inputsFor.referenceActivations = {
    data: Float64Array.from(startingActivations(micro, model.dim)),
    shape: [answers, model.dim],
  }
  return { inputsFor }
}

/** Any numbers, but those of the micro-batch. */
function startingActivations({ batch }: MicroBatch, dim: number): Float32Array {
  return Float32Array.from({ length: batch.rows.length * dim }, (_, i) =>
    gaussian(2, ['activations'], i),
  )
}

/** Three places of each tensor; of the embedding a token that repeats, one that is there once, and one that never is. */
function placesOf(store: WeightStore, micro: MicroBatch, dim: number): Map<string, number[]> {
  const counts = new Map<number, number>()
  for (const token of micro.batch.tokens) counts.set(token, (counts.get(token) ?? 0) + 1)
  const repeated = [...counts].filter(([token, count]) => token !== 0 && count > 1)[0][0]
  const once = [...counts].filter(([, count]) => count === 1)[0][0]
  const never = Array.from({ length: 40 }, (_, token) => token).filter((t) => !counts.has(t))[0]
  return new Map(
    [...store.trained.views].map(([name, view]) => [
      name,
      name === 'model.embed_tokens.weight'
        ? [repeated, once, never].flatMap((token) => [token * dim + 1, token * dim + dim - 1])
        : [0, 1, 2].map((n) => integer(5, [name], n, view.length)),
    ]),
  )
}

describe('gradients equal central differences in float64', () => {
  const losses = { forget: npoLoss, retain: tokenMean }
  const scales = { forget: 0.8, retain: 1.5 }
  const adapters = {
    lora: { rank: 3, alpha: 5, targets: ['q_proj', 'v_proj', 'o_proj', 'down_proj'] },
  }
  const misdirection = {
    forget: { loss: rmu, knobs: { layer: 0, steering: 3, controlSeed: 1 } },
    retain: { loss: activationMatch, knobs: { layer: 0 } },
  }
  const first = { pattern: 'model.layers.0.*_proj.weight' }
  const cases: [string, Record<string, unknown>, ParameterChoice, Record<string, GroupLoss>?][] = [
    ['every weight', {}, 'all'],
    ['every weight, the head tied to the embedding', { tie_word_embeddings: true }, 'all'],
    ['biases', { attention_bias: true, mlp_bias: true }, { pattern: '*.bias' }],
    ['adapters', {}, adapters],
    ['activations of the first layer', {}, first, misdirection],
  ]
  test.each(cases)('%s', async (_, config, choice, chosen = losses) => {
    const model = tinyModel(config)
    const store = await tinyStore(model, choice)
    const plain = microBatch({ forget: forget.slice(0, 2), retain: retain.slice(0, 1) })
    const micro = { ...plain, referenceActivations: startingActivations(plain, model.dim) }
    const places = placesOf(store, micro, model.dim)
    const slopes = await differences(model, store, chosen, micro, scales, places)
    for (const [on, tolerance] of [
      [referenceEngine, 2e-7],
      [engine, 2e-5],
    ] as const) {
      const { runner, gradient } = await runnerFor({
        engine: on,
        model,
        store,
        losses: chosen,
      })
      const { target } = await gradient([micro], scales)
      for (const [name, indices] of places) {
        const view = hostNumbers(target.views.get(name))
        const largest = view.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
        expect(largest, name).toBeGreaterThan(0)
        for (const [n, i] of indices.entries()) {
          const expected = (slopes.get(name) as number[])[n]
          expect(Math.abs(view[i] - expected) / largest, `${on.id} ${name}[${i}]`).toBeLessThan(
            tolerance,
          )
        }
      }
      runner.dispose()
    }
  })
})
