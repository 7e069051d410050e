import { readdirSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Checkpoint, openCheckpoint } from '../checkpoint/folder.ts'
import { nodeFolder } from '../checkpoint/node-folder.ts'
import { safetensorsBytes, safetensorsLayout } from '../checkpoint/safetensors-write.ts'
import { openTokenizer, type Tokenizer } from '../checkpoint/tokenizer.ts'
import { writeModelFolder } from '../checkpoint/write-folder.ts'
import type { Engine } from '../engine/engine.ts'
import { hostMemory } from '../engine/host-memory.ts'
import { createEngine } from '../engine/node-engine.ts'
import { hostNumbers } from '../engine/testing/host-numbers.ts'
import { gaussian } from '../math/random.ts'
import { buildModel } from '../model/architectures.ts'
import { BatchInputs } from '../train/batch-inputs.ts'
import { tinyExamples } from '../train/testing/tiny-model.ts'
import { chooseTrainable, type ParameterChoice } from '../train/trainable-set.ts'
import { loadWeights } from '../train/weight-store.ts'
import { compareLogits, createLogitProbe, exportedFolder, reload } from './export.ts'

let engine: Engine
let root: string
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
  root = await mkdtemp(join(tmpdir(), 'lethe-export-'))
})
afterAll(async () => {
  engine.dispose()
  await rm(root, { recursive: true })
})

const golden = (name: string) => `test/golden/${name}`
const withoutTokenizer = { files: new Map() } as unknown as Tokenizer
let folders = 0

async function open(path: string, choice: ParameterChoice) {
  const folder = await nodeFolder(path)
  const checkpoint = await openCheckpoint(folder)
  const model = buildModel(checkpoint.config, `${path}/config.json`)
  const read = (name: string) => checkpoint.read(name)
  const store = await loadWeights(hostMemory, model, chooseTrainable(model, choice), read, 3)
  const tokenizer = readdirSync(path).includes('tokenizer.json')
    ? await openTokenizer(folder)
    : withoutTokenizer
  const probe = await createLogitProbe({
    engine,
    model,
    store,
    inputs: new BatchInputs(model),
    examples: tinyExamples(8, 1, model.vocab),
    padToken: 0,
  })
  return {
    checkpoint,
    model,
    store,
    probe,
    async exported(): Promise<{ path: string; checkpoint: Checkpoint }> {
      const target = join(root, `model-${folders++}`)
      const folder = { checkpoint, model, store, tokenizer, modelCard: '# Card\n' }
      await writeModelFolder(target, exportedFolder(folder), { replace: true })
      return { path: target, checkpoint: await openCheckpoint(await nodeFolder(target)) }
    },
  }
}

/** Moves every trained number, as training would. */
function move(data: Float32Array, by: number): void {
  for (let i = 0; i < data.length; i++) data[i] += by * gaussian(1, ['move'], i)
}

/** Largest share by which rounding to the type changes a number. */
const rounding = { F32: 0, F16: 2 ** -11, BF16: 2 ** -8 } as const

describe.each([
  ['llama-text', 'F32', 1],
  ['llama-gqa-untied', 'BF16', 1],
  ['llama-sharded', 'F16', 2],
] as const)('the export of %s (%s, %d files)', (name, dtype, files) => {
  test('keeps types, files, configuration and tokenizer; untrained weights keep every bit', async () => {
    const { checkpoint, exported, probe, model, store } = await open(golden(name), 'all')
    const written = await exported()
    expect(written.checkpoint.tensors).toEqual(checkpoint.tensors)
    const types = [...written.checkpoint.tensors.values()]
    expect(new Set(types.map((tensor) => tensor.dtype))).toEqual(new Set([dtype]))
    expect(new Set(types.map((tensor) => tensor.file)).size).toBe(files)
    for (const file of readdirSync(golden(name)).filter((file) =>
      /^(config|generation_config|tokenizer\w*)\.json$/.test(file),
    ))
      expect(readFileSync(join(written.path, file)), file).toEqual(
        readFileSync(join(golden(name), file)),
      )
    for (const tensor of checkpoint.tensors.keys())
      expect(await written.checkpoint.read(tensor), tensor).toEqual(await checkpoint.read(tensor))

    const before = await probe.logits()
    await reload(await nodeFolder(written.path), model, store)
    expect(probe.compare(before, await probe.logits())).toEqual({
      maxLogitDifference: 0,
      topOneAgreement: 1,
      positions: Math.min(128, before.length / model.vocab),
    })
    probe.dispose()
  })

  test('has the trained weights, rounded to its type, and so has the model read back from it', async () => {
    const { checkpoint, exported, probe, model, store } = await open(golden(name), 'all')
    move(hostNumbers(store.trained.data), 0.01)
    const written = await exported()
    const trained = new Map(
      [...store.trained.views].map(([key, view]) => [key, hostNumbers(view).slice()]),
    )
    for (const [tensor, values] of trained) {
      const read = await written.checkpoint.read(tensor)
      for (const [i, value] of read.entries()) {
        const error = Math.abs(value - values[i])
        if (!(error <= rounding[dtype] * Math.abs(values[i]) + 1e-7))
          expect.fail(`${tensor}[${i}]: ${value} for ${values[i]}`)
      }
      expect(read).not.toEqual(await checkpoint.read(tensor))
    }
    const before = await probe.logits()
    await reload(await nodeFolder(written.path), model, store)
    for (const tensor of trained.keys())
      expect(await store.exported(tensor)).toEqual(await written.checkpoint.read(tensor))
    const check = probe.compare(before, await probe.logits())
    if (dtype === 'F32') expect(check.maxLogitDifference).toBe(0)
    else expect(check.maxLogitDifference).toBeGreaterThan(0)
    expect(check.maxLogitDifference).toBeLessThan(0.2)
    // What is in memory now is what was written: written once more, it is the same.
    const again = await exported()
    const logits = await probe.logits()
    await reload(await nodeFolder(again.path), model, store)
    expect(await probe.logits()).toEqual(logits)
    probe.dispose()
  })
})

test.each([
  ['llama-text', ['q_proj', 'v_proj', 'gate_proj', 'down_proj']],
  ['olmo2-gqa', ['k_proj', 'o_proj', 'up_proj']],
  ['phi-gqa', ['q_proj', 'dense', 'fc1']],
  ['phi3-longrope', ['qkv_proj', 'gate_up_proj']],
  ['gemma2-capped', ['q_proj', 'down_proj']],
  ['gpt_neox-sequential', ['query_key_value', 'dense_4h_to_h']],
  // Its weights are stored [in, out].
  ['gpt2-tied', ['c_attn', 'c_fc', 'c_proj']],
])(
  '%s: adapters are merged: logits within 1e-4 of those with the adapters beside the weights',
  async (name, targets) => {
    const lora = { rank: 4, alpha: 8, targets }
    const { checkpoint, exported, probe, model, store } = await open(golden(name), { lora })
    const base = await probe.logits()
    move(hostNumbers(store.trained.data), 0.1)
    const beside = await probe.logits()
    expect(probe.compare(base, beside).maxLogitDifference).toBeGreaterThan(0.1)
    const written = await exported()
    expect(written.checkpoint.tensors).toEqual(checkpoint.tensors)
    await reload(await nodeFolder(written.path), model, store)
    const check = probe.compare(beside, await probe.logits())
    expect(check.maxLogitDifference).toBeLessThan(1e-4)
    expect(check.topOneAgreement).toBe(1)
    probe.dispose()

    // The same from the folder alone.
    const plain = await open(written.path, { pattern: [] })
    expect(plain.probe.compare(beside, await plain.probe.logits()).maxLogitDifference).toBeLessThan(
      1e-4,
    )
    plain.probe.dispose()
  },
)

test('a tied head that the folder stores too is written as trained; tensors the model does not use as they were', async () => {
  const path = join(root, 'tied')
  await cp(golden('llama-text'), path, { recursive: true })
  const source = await openCheckpoint(await nodeFolder(golden('llama-text')))
  const embedding = 'model.embed_tokens.weight'
  const shape = source.tensors.get(embedding)?.shape ?? []
  const extra = Float32Array.of(1, 2, 3)
  const specs = [...source.tensors].map(([name, tensor]) => ({ name, ...tensor }))
  const layout = safetensorsLayout(
    [
      ...specs,
      { name: 'lm_head.weight', dtype: 'F32', shape },
      { name: 'model.layers.0.self_attn.rotary_emb.inv_freq', dtype: 'F32', shape: [3] },
    ],
    { format: 'pt' },
  )
  const bytes = safetensorsBytes(layout, async (name) => {
    if (name.endsWith('inv_freq')) return extra
    return source.read(name === 'lm_head.weight' ? embedding : name)
  })
  await writeFile(join(path, 'model.safetensors'), bytes)

  const { exported, store, probe } = await open(path, 'all')
  move(hostNumbers(store.trained.data), 0.01)
  const { checkpoint } = await exported()
  const trained = await store.exported(embedding)
  expect(trained).not.toEqual(await source.read(embedding))
  expect(await checkpoint.read(embedding)).toEqual(trained)
  expect(await checkpoint.read('lm_head.weight')).toEqual(trained)
  expect(await checkpoint.read('model.layers.0.self_attn.rotary_emb.inv_freq')).toEqual(extra)
  probe.dispose()
})

describe('compareLogits', () => {
  const rows = Float32Array.of(1, 2, 3, 5, 4, 3)

  test('gives the largest difference and the share of rows with one favourite', () => {
    expect(compareLogits(rows, rows, 3)).toEqual({
      maxLogitDifference: 0,
      topOneAgreement: 1,
      positions: 2,
    })
    expect(compareLogits(rows, Float32Array.of(1, 2, 3, 3.5, 4, 3), 3)).toEqual({
      maxLogitDifference: 1.5,
      topOneAgreement: 0.5,
      positions: 2,
    })
  })

  test.each([
    ['everywhere', [Number.NaN, Number.NaN, Number.NaN]],
    ['first', [Number.NaN, 2, 3]],
    ['last', [1, 2, Number.NaN]],
  ])('not-a-number %s is no agreement, on either side or both', (_, row) => {
    const broken = Float32Array.of(...row, 5, 4, 3)
    for (const [expected, got] of [
      [rows, broken],
      [broken, rows],
      [broken, broken],
    ])
      expect(compareLogits(expected, got, 3)).toEqual({
        maxLogitDifference: Number.POSITIVE_INFINITY,
        topOneAgreement: 0.5,
        positions: 2,
      })
  })

  test('the same infinity on both sides is no agreement', () => {
    const infinite = Float32Array.of(1, 2, Number.POSITIVE_INFINITY)
    expect(compareLogits(infinite, infinite, 3).topOneAgreement).toBe(0)
  })
})
