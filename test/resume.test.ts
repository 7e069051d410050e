import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../src/engine/engine.ts'
import { createEngine } from '../src/engine/node-engine.ts'
import {
  eventsOf,
  resultOf,
  runRecipe,
  type TinySettings,
  tinyPretraining,
  tinyRecipe,
} from '../src/run/testing/tiny-run.ts'

let engine: Engine
let root: string
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
  root = await mkdtemp(join(tmpdir(), 'lethe-resume-'))
})
afterAll(async () => {
  engine.dispose()
  await rm(root, { recursive: true })
})

const adapters = { parameters: { lora: { rank: 2 } } }
const cases: [string, TinySettings, number[]][] = [
  ['BLUR, within an epoch and between two', { train: { epochs: 2 } }, [3, 4]],
  [
    'BLUR with adapters, accumulation, warm-up and a cosine',
    { train: { ...adapters, accumulate: 3, epochs: 3, schedule: 'cosine', warmupSteps: 2 } },
    [1],
  ],
  [
    'NPO beside the divergence from the starting model, all weights',
    { method: { id: 'npo', retainLoss: 'kl' }, train: { epochs: 2, saveEvery: 2 } },
    [5],
  ],
  [
    'BLUR beside the divergence from the starting model, adapters',
    { method: { id: 'blur', retainLoss: 'kl' }, train: { ...adapters, epochs: 2 } },
    [2],
  ],
  [
    'selected tokens, weighted examples, and tokens chosen in each step',
    {
      forget: { tokens: 'critical-ngrams', examples: 'guard' },
      retain: { tokens: { id: 'value-at-risk', quantile: 0.3 } },
      train: { epochs: 2 },
    },
    [3],
  ],
  [
    'tokens chosen by a quantile that moves',
    {
      retain: { tokens: { id: 'adaptive-value-at-risk', quantile: 0.3, every: 1, strength: 2 } },
      train: { epochs: 2 },
    },
    [3],
  ],
  ['pairs with refusals', { method: { id: 'idk-dpo' }, train: { epochs: 2 } }, [3]],
  [
    'backpropagation and zeroth order in turns',
    { train: { epochs: 2, gradients: { id: 'hybrid', period: 2 } } },
    [3, 5],
  ],
  [
    'zeroth order alone, fused',
    { method: { id: 'npo' }, train: { epochs: 1, gradients: 'zeroth-order', learningRate: 1e-4 } },
    [2],
  ],
  [
    'adapters begun by FILA, beside the divergence from the starting model',
    {
      method: { id: 'npo', retainLoss: 'kl' },
      train: { epochs: 2, parameters: { lora: { rank: 2, init: 'fila' } } },
    },
    [3],
  ],
  [
    'sharpness-aware gradients in front of a fused combiner',
    { method: { id: 'npo' }, train: { epochs: 1, sharpness: { forgetRadius: 0.05 } } },
    [2],
  ],
  [
    'updates capped by the softmax',
    { method: { id: 'grad-diff' }, train: { epochs: 1, learningRate: 0.05, softmaxRadius: 0.5 } },
    [2],
  ],
  [
    'a learning rate that adapts',
    { method: { id: 'ngdiff' }, train: { epochs: 2, adaptRateEvery: 2 } },
    [3, 6],
  ],
  [
    'groups of weights with rates of their own',
    {
      method: { id: 'npo' },
      train: {
        epochs: 2,
        groupRates: { groups: ['*.self_attn.*', '*.mlp.*'], every: 2 },
      },
    },
    [3, 6],
  ],
  ['activations at a layer', { method: { id: 'rmu' }, train: { epochs: 2 } }, [3]],
]

describe.each(cases)('%s', (name, settings, stops) => {
  test('a run that was stopped and resumed writes the bytes of one that was not', async () => {
    const id = name.replace(/\W+/g, '-')
    const whole = await runRecipe(engine, await tinyRecipe(root, `${id}-whole`, settings))
    expect(whole.outcome).toBe('finished')
    const expected = await resultOf(whole.folder)
    const steps = eventsOf(whole.events, 'step').map(({ step, losses, learningRate }) => ({
      step,
      losses,
      learningRate,
    }))
    const path = await tinyRecipe(root, `${id}-stopped`, settings)
    for (const [i, stopAfter] of stops.entries()) {
      const stopped = await runRecipe(engine, path, { stopAfter, resume: i > 0 })
      expect(stopped.outcome).toBe('interrupted')
      expect(stopped.events.at(-1)).toMatchObject({ type: 'run.paused', step: stopAfter })
    }
    const resumed = await runRecipe(engine, path, { resume: true })
    expect(resumed.outcome).toBe('finished')
    expect(eventsOf(resumed.events, 'run.resumed').map(({ step }) => step)).toEqual(stops)
    const found = await resultOf(resumed.folder)
    expect(found.metrics).toBe(expected.metrics)
    expect(found.model === expected.model, 'the bytes of model.safetensors').toBe(true)
    const again = eventsOf(resumed.events, 'step').map(({ step, losses, learningRate }) => ({
      step,
      losses,
      learningRate,
    }))
    expect(again).toEqual(steps)
    // The model was measured before training once, not again at each resume.
    const evaluations = eventsOf(resumed.events, 'eval.started').map(({ phase }) => phase)
    expect(evaluations).toEqual(['before', 'before', 'after', 'after'])
    if (name.includes('divergence')) {
      expect(Math.abs(steps[0].losses.retain as number)).toBeLessThan(1e-5)
      expect(steps.at(-1)?.losses.retain).toBeGreaterThan(1e-4)
    }
  })
})

test('a run whose newest state was damaged goes on from the one before, with a word, to the same bytes', async () => {
  const settings = { train: { epochs: 2, saveEvery: 1, keepStates: 2 } }
  const whole = await runRecipe(engine, await tinyRecipe(root, 'undamaged', settings))
  const path = await tinyRecipe(root, 'damaged', settings)
  const { folder } = await runRecipe(engine, path, { stopAfter: 4 })
  const tensors = join(folder.state, 'step-000004', 'tensors.safetensors')
  const bytes = await readFile(tensors)
  bytes[bytes.length - 1] ^= 0x40
  await writeFile(tensors, bytes)
  const resumed = await runRecipe(engine, path, { resume: true })
  expect(eventsOf(resumed.events, 'run.resumed').map(({ step }) => step)).toEqual([3])
  expect(eventsOf(resumed.events, 'warning')).toMatchObject([
    { code: 'damaged-state', message: expect.stringContaining('step-000004') },
  ])
  expect((await resultOf(resumed.folder)).model === (await resultOf(whole.folder)).model).toBe(true)
})

test('pretraining that was stopped twice and resumed writes the bytes of one that was not', async () => {
  const train = { epochs: 2, learningRate: 1e-2, schedule: 'linear', accumulate: 2, batchSize: 2 }
  const whole = await runRecipe(engine, await tinyPretraining(root, 'model', train))
  expect(whole.outcome).toBe('finished')
  const losses = eventsOf(whole.events, 'step').map(({ losses: { retain } }) => retain)
  expect(losses.length).toBe(8)
  expect(losses[7]).toBeLessThan(losses[0] as number)
  const path = await tinyPretraining(root, 'model-stopped', train)
  for (const stopAfter of [2, 4])
    await runRecipe(engine, path, { stopAfter, resume: stopAfter > 2 })
  const resumed = await runRecipe(engine, path, { resume: true })
  expect(eventsOf(resumed.events, 'run.resumed').map(({ step }) => step)).toEqual([2, 4])
  expect(eventsOf(resumed.events, 'step').map(({ losses: { retain } }) => retain)).toEqual(losses)
  for (const file of [
    'model.safetensors',
    'tokenizer.json',
    'config.json',
    'generation_config.json',
  ]) {
    const [expected, found] = await Promise.all(
      [whole, resumed].map(({ folder }) => readFile(join(folder.model, file))),
    )
    expect(found.equals(expected), file).toBe(true)
  }
})

test('a model is trained further from its own weights, with its tokenizer and in its dtype', async () => {
  const train = { epochs: 2, learningRate: 1e-2 }
  const base = await runRecipe(engine, await tinyPretraining(root, 'base', train))
  const further = (name: string, sets: object) =>
    tinyPretraining(root, name, train, { model: { path: base.folder.model }, ...sets })
  const whole = await runRecipe(engine, await further('further', { tokenizer: null }))
  const lossOf = ({ events }: typeof base, at: number) =>
    eventsOf(events, 'step').at(at)!.losses.retain as number
  expect(lossOf(whole, 0)).toBeLessThan(lossOf(base, 0) - 0.5)
  expect(lossOf(whole, -1)).toBeLessThan(lossOf(base, -1))
  const files = ({ folder }: typeof base, file: string) =>
    readFile(join(folder.model, file), 'utf8')
  for (const file of ['config.json', 'tokenizer.json', 'generation_config.json'])
    expect(await files(whole, file), file).toBe(await files(base, file))

  // The tokenizer named, as benchmark prepare does it for the model never trained on the forget set.
  const stopped = await further('further-stopped', { tokenizer: { path: base.folder.model } })
  await runRecipe(engine, stopped, { stopAfter: 3 })
  const resumed = await runRecipe(engine, stopped, { resume: true })
  expect(await files(resumed, 'model.safetensors')).toBe(await files(whole, 'model.safetensors'))

  const wider = await runRecipe(
    engine,
    await tinyPretraining(root, 'wider', train, { tokenizer: { vocabSize: 310 } }),
  )
  const tokenizer = { path: wider.folder.model }
  await expect(runRecipe(engine, await further('unlike', { tokenizer }))).rejects.toThrow(
    /tokenizer\.path: expected at most vocab_size = 300 tokens.*got 310/,
  )
})

test('pretraining on prompts too is that on the same texts without a border', async () => {
  const train = { steps: 2, learningRate: 1e-2 }
  const template = { prompt: 'Q: {question}', answer: ' A: {answer}' }
  const rows = ['Where?', 'Who is it?', 'When was that?'].map((question, i) => ({
    question,
    answer: `The answer number ${i}.`,
  }))
  const texts = rows.map(({ question, answer }) => ({ text: `Q: ${question} A: ${answer}` }))
  const write = (file: string, records: object[]) =>
    writeFile(join(root, file), records.map((record) => JSON.stringify(record)).join('\n'))
  await write('asked.jsonl', rows)
  await write('texts.jsonl', texts)
  const tokenizer = { path: 'assets/lethe-tiny' }
  const trained = async (name: string, data: object) =>
    runRecipe(engine, await tinyPretraining(root, name, train, { tokenizer, data }))
  const prompts = { path: 'asked.jsonl', template, trainPrompts: true }
  const [both, whole, answers] = [
    await trained('both', prompts),
    await trained('whole', { path: 'texts.jsonl' }),
    await trained('answers', { ...prompts, trainPrompts: false }),
  ].map(({ events }) => eventsOf(events, 'step').map(({ losses: { retain } }) => retain))
  expect(both).toEqual(whole)
  expect(both).not.toEqual(answers)
})
