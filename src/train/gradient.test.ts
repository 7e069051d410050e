import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Example } from '../data/example.ts'
import type { Engine, HostTensor } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import { hostNumbers } from '../engine/testing/host-numbers.ts'
import { topologicalOrder } from '../graph/index.ts'
import { factorNames } from '../model/adapter/low-rank.ts'
import { crossEntropy } from '../parts/loss/cross-entropy.ts'
import { dpo } from '../parts/loss/dpo.ts'
import { gradientAscent } from '../parts/loss/gradient-ascent.ts'
import { npo } from '../parts/loss/npo.ts'
import { preferredNll } from '../parts/loss/preferred-nll.ts'
import type { FlatTensors } from './flat.ts'
import type { GroupLoss, Objective } from './objective.ts'
import { runnerFor } from './testing/runner.ts'
import {
  microBatch,
  relativeDifference,
  tinyExamples,
  tinyModel,
  tinyStore,
} from './testing/tiny-model.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
})
afterAll(() => engine.dispose())

const forget = tinyExamples(7, 3)
const retain = tinyExamples(5, 4)
const npoLoss: GroupLoss = { loss: npo, knobs: { beta: 0.1 } }
const tokenMean: GroupLoss = { loss: crossEntropy, knobs: {} }
const ascent: GroupLoss = { loss: gradientAscent, knobs: {} }

const total = (a: FlatTensors, x: number, b: FlatTensors, y: number) =>
  [...a.views.keys()].flatMap((name) =>
    [...hostNumbers(a.views.get(name))].map(
      (value, i) => x * value + y * hostNumbers(b.views.get(name))[i],
    ),
  )
const flat = ({ views }: FlatTensors) =>
  [...views.values()].flatMap((view) => [...hostNumbers(view)])

describe('accumulation', () => {
  const forgetCuts = [forget.slice(0, 1), forget.slice(1, 5), forget.slice(5)]
  const retainCuts = [retain.slice(0, 3), retain.slice(3, 4), retain.slice(4)]

  test.each([
    ['npo, a sum per sequence', npoLoss],
    ['gradient ascent, a mean of tokens', ascent],
  ])('of uneven micro-batches equals one batch: %s beside cross-entropy', async (_, loss) => {
    const model = tinyModel({ tie_word_embeddings: true })
    const { runner, gradient } = await runnerFor({
      engine,
      model,
      store: await tinyStore(model),
      losses: { forget: loss, retain: tokenMean },
    })
    const scales = { forget: 0.7, retain: 1.3 }
    const fused = await gradient([microBatch({ forget, retain })], scales)
    const fusedParts = await gradient(
      forgetCuts.map((items, i) => microBatch({ forget: items, retain: retainCuts[i] })),
      scales,
    )
    expect(relativeDifference(flat(fusedParts.target), flat(fused.target))).toBeLessThan(1e-6)
    for (const group of ['forget', 'retain'])
      expect(fusedParts.totals[group] / fused.totals[group]).toBeCloseTo(1, 6)

    const forgetWhole = await gradient([microBatch({ forget })], { forget: 1 })
    const forgetParts = await gradient(
      forgetCuts.map((items) => microBatch({ forget: items })),
      { forget: 1 },
    )
    expect(relativeDifference(flat(forgetParts.target), flat(forgetWhole.target))).toBeLessThan(
      1e-6,
    )
    const retainWhole = await gradient([microBatch({ retain })], { retain: 1 })
    const retainParts = await gradient(
      retainCuts.map((items) => microBatch({ retain: items })),
      { retain: 1 },
    )
    expect(relativeDifference(flat(retainParts.target), flat(retainWhole.target))).toBeLessThan(
      1e-6,
    )

    const sum = total(forgetWhole.target, 0.7, retainWhole.target, 1.3)
    expect(relativeDifference(flat(fused.target), sum)).toBeLessThan(1e-6)
    expect(fused.totals.forget / forgetWhole.totals.forget).toBeCloseTo(1, 6)
    expect(fused.totals.retain / retainWhole.totals.retain).toBeCloseTo(1, 6)
    runner.dispose()
  })

  test.each([
    ['dpo', { loss: dpo, knobs: { beta: 0.1 } }],
    ['training on the preferred answer', { loss: preferredNll, knobs: {} }],
  ])('of pairs equals one batch: %s beside cross-entropy', async (_, loss: GroupLoss) => {
    const preferred = tinyExamples(7, 9)
    const model = tinyModel()
    const { runner, gradient } = await runnerFor({
      engine,
      model,
      store: await tinyStore(model),
      losses: { forget: loss, retain: tokenMean },
    })
    const scales = { forget: 0.7, retain: 1.3 }
    const cuts = [0, 1, 2].map((i) => ({
      forget: forgetCuts[i],
      preferred: forgetCuts[i].map(({ index }) => preferred[index]),
      retain: retainCuts[i],
    }))
    const whole = await gradient([microBatch({ forget, preferred, retain })], scales)
    const parts = await gradient(cuts.map(microBatch), scales)
    expect(relativeDifference(flat(parts.target), flat(whole.target))).toBeLessThan(1e-6)
    // Without their partners they are other numbers.
    const reversed = { forget, preferred: preferred.toReversed(), retain }
    const other = await gradient([microBatch(reversed)], scales)
    if (loss.loss === dpo) expect(other.totals.forget).not.toBeCloseTo(whole.totals.forget, 3)
    else expect(other.totals.forget).toBeCloseTo(whole.totals.forget, 5)
    runner.dispose()
  })

  test.each([
    ['npo, a sum per sequence', npoLoss],
    ['gradient ascent, a mean of tokens', ascent],
  ])('tokens without weight are as if they were not trained: %s', async (_, loss) => {
    const model = tinyModel()
    const store = await tinyStore(model)
    const { runner, gradient } = await runnerFor({
      engine,
      model,
      store,
      losses: { forget: loss, retain: tokenMean },
    })
    // Every example keeps its last token and loses every second one before it.
    const isKept = (example: Example, t: number) =>
      t === example.tokens.length - 1 || (example.tokens.length - 1 - t) % 2 === 0
    const fewer = forget.map((example) => ({
      ...example,
      trained: example.trained.map((one, t) => (one === 1 && isKept(example, t) ? 1 : 0)),
    }))
    const all = microBatch({ forget, retain })
    const { rows, seq, sequenceOf } = all.batch
    const tokenWeights = Float32Array.from(rows, (row, i) => {
      const b = sequenceOf[i]
      return b < forget.length && !isKept(forget[b], (row % seq) + 1) ? 0 : 1
    })
    const masked = { ...all, tokenWeights }
    const scales = { forget: 0.7, retain: 1.3 }
    const got = await gradient([masked], scales)
    const expected = await gradient([microBatch({ forget: fewer, retain })], scales)
    expect(relativeDifference(flat(got.target), flat(expected.target))).toBeLessThan(1e-5)
    expect(got.totals.forget).toBeCloseTo(expected.totals.forget, 4)
    runner.dispose()
  })

  test('weights of examples are factors of what each adds to the mean', async () => {
    const model = tinyModel()
    const store = await tinyStore(model)
    const { runner, gradient } = await runnerFor({
      engine,
      model,
      store,
      losses: { forget: npoLoss, retain: tokenMean },
    })
    const two = forget.slice(0, 2)
    const weighted = { ...microBatch({ forget: two }), exampleWeights: Float32Array.of(1.5, 0.5) }
    const got = await gradient([weighted], { forget: 1 })
    const first = await gradient([microBatch({ forget: [two[0]] })], { forget: 1 })
    const second = await gradient([microBatch({ forget: [two[1]] })], { forget: 1 })
    const expected = total(first.target, 0.75, second.target, 0.25)
    expect(relativeDifference(flat(got.target), expected)).toBeLessThan(1e-5)
    runner.dispose()
  })

  test('is by tokens and sequences, not by micro-batches', async () => {
    const model = tinyModel()
    const { runner, gradient } = await runnerFor({
      engine,
      model,
      store: await tinyStore(model),
      losses: { retain: tokenMean },
    })
    const parts = retainCuts.map((items) => microBatch({ retain: items }))
    const whole = await gradient(parts, { retain: 1 })
    const each = await Promise.all(parts.map((part) => gradient([part], { retain: 1 })))
    const own = each.map(({ target }) => flat(target))
    const meanOfMeans = own[0].map((_, i) => (own[0][i] + own[1][i] + own[2][i]) / 3)
    expect(relativeDifference(meanOfMeans, flat(whole.target))).toBeGreaterThan(1e-2)
    runner.dispose()
  })
})

test('a run of one group leaves the other out, also where their sequences share a batch', async () => {
  const model = tinyModel()
  const { runner, gradient } = await runnerFor({
    engine,
    model,
    store: await tinyStore(model),
    losses: { forget: npoLoss, retain: tokenMean },
  })
  const mixed = await gradient([microBatch({ forget, retain })], { forget: 1 })
  const alone = await gradient([microBatch({ forget })], { forget: 1 })
  expect(Object.keys(mixed.totals)).toEqual(['forget'])
  expect(mixed.totals.forget / alone.totals.forget).toBeCloseTo(1, 6)
  expect(relativeDifference(flat(mixed.target), flat(alone.target))).toBeLessThan(1e-6)
  runner.dispose()
})

test('the gradient of an embedding adds up over repeated tokens, in a batch and over micro-batches', async () => {
  const model = tinyModel()
  const store = await tinyStore(model, { pattern: 'model.embed_tokens.weight' })
  const { runner, gradient } = await runnerFor({
    engine,
    model,
    store,
    losses: { retain: tokenMean },
  })
  expect(runner.objective.rows.length).toBe(1)
  expect(runner.objective.dense.size).toBe(0)
  const token = (tokens: number[]) => ({
    ...retain[0],
    tokens: Int32Array.from(tokens),
    trained: Uint8Array.from(tokens, (_, t) => (t > 0 ? 1 : 0)),
  })
  const once = microBatch({ retain: [token([5, 6, 7])] })
  const single = await gradient([once], { retain: 1 })
  // Three equal sequences have the gradient of one; each of their tokens is there three times.
  const thrice = microBatch({ retain: [token([5, 6, 7]), token([5, 6, 7]), token([5, 6, 7])] })
  const together = await gradient([thrice], { retain: 1 })
  expect(relativeDifference(flat(together.target), flat(single.target))).toBeLessThan(1e-5)
  const apart = await gradient([once, thrice, once], { retain: 1 })
  expect(relativeDifference(flat(apart.target), flat(single.target))).toBeLessThan(1e-5)
  const view = hostNumbers(single.target.views.get('model.embed_tokens.weight'))
  for (let row = 0; row < model.vocab; row++) {
    const used = [5, 6].includes(row)
    const row16 = view.subarray(row * model.dim, (row + 1) * model.dim)
    expect(
      row16.some((value) => value !== 0),
      `row ${row}`,
    ).toBe(used)
  }
  runner.dispose()
})

describe('what is frozen', () => {
  test('has no gradient in the program, and nothing below the first trained layer is differentiated', async () => {
    const model = tinyModel()
    const store = await tinyStore(model, { pattern: 'model.layers.1.mlp.down_proj.weight' })
    const { runner, gradient } = await runnerFor({
      engine,
      model,
      store,
      losses: { retain: tokenMean },
    })
    expect(Object.keys(runner.objective.outputs)).toEqual([
      'loss retain',
      'gradient model.layers.1.mlp.down_proj.weight',
    ])
    const all = await runnerFor({
      engine,
      model,
      store: await tinyStore(model),
      losses: { retain: tokenMean },
    })
    const micro = microBatch({ retain })
    const part = await gradient([micro], { retain: 1 })
    const full = await all.gradient([micro], { retain: 1 })
    const name = 'model.layers.1.mlp.down_proj.weight'
    expect(
      relativeDifference(
        hostNumbers(part.target.views.get(name)),
        hostNumbers(full.target.views.get(name)),
      ),
    ).toBeLessThan(1e-6)
    const nodes = ({ outputs }: Objective) => topologicalOrder(Object.values(outputs)).length
    const { 'loss retain': loss } = runner.objective.outputs
    const forward = topologicalOrder([loss]).length
    // The head, the last norm and one matrix product, of a backward pass that takes hundreds of nodes.
    expect(nodes(runner.objective) - forward).toBeLessThan(30)
    expect(nodes(all.runner.objective) - forward).toBeGreaterThan(100)
    runner.dispose()
    all.runner.dispose()
  })

  test('with adapters: only their matrices have gradients, and those follow from the merged weight’s by the chain rule', async () => {
    const model = tinyModel()
    const lora = { rank: 2, alpha: 6, targets: ['q_proj', 'up_proj'] }
    const store = await tinyStore(model, { lora })
    const { runner, gradient } = await runnerFor({
      engine,
      model,
      store,
      losses: { retain: tokenMean },
    })
    const { target } = await gradient([microBatch({ retain })], { retain: 1 })
    const names = [...target.views.keys()]
    expect(names.length).toBe(2 * 2 * model.layers)
    expect(names.every((name) => /\.lora_[AB]\.weight$/.test(name))).toBe(true)

    const merged = new Map<string, HostTensor>()
    for (const [name, shape] of model.parameters)
      merged.set(name, { data: await store.exported(name), shape })
    const whole = await runnerFor({
      engine,
      model,
      store: await tinyStore(model),
      losses: { retain: tokenMean },
      values: merged,
    })
    const dense = await whole.gradient([microBatch({ retain })], { retain: 1 })
    for (const linear of model.linears.filter((name) => /q_proj|up_proj/.test(name))) {
      const [outputs, inputs] = model.parameters.get(`${linear}.weight`) as readonly number[]
      const g = hostNumbers(dense.target.views.get(`${linear}.weight`))
      const { a, b } = factorNames(linear)
      const at = (name: string) => hostNumbers(store.trained.views.get(name))
      const scale = lora.alpha / lora.rank
      // ∂A = s·Bᵀ·G, ∂B = s·G·Aᵀ
      const byA = new Float64Array(lora.rank * inputs)
      const byB = new Float64Array(outputs * lora.rank)
      for (let o = 0; o < outputs; o++)
        for (let i = 0; i < inputs; i++)
          for (let r = 0; r < lora.rank; r++) {
            byA[r * inputs + i] += scale * at(b)[o * lora.rank + r] * g[o * inputs + i]
            byB[o * lora.rank + r] += scale * at(a)[r * inputs + i] * g[o * inputs + i]
          }
      expect(relativeDifference(hostNumbers(target.views.get(a)), byA), a).toBeLessThan(1e-5)
      expect(relativeDifference(hostNumbers(target.views.get(b)), byB), b).toBeLessThan(1e-5)
    }
    runner.dispose()
    whole.runner.dispose()
  })
})
