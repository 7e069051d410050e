import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memoryBytes } from '../../src/checkpoint/bytes.ts'
import { openCheckpoint } from '../../src/checkpoint/folder.ts'
import { nodeFolder } from '../../src/checkpoint/node-folder.ts'
import { readSafetensorsHeader } from '../../src/checkpoint/safetensors.ts'
import type { Batch } from '../../src/data/batch.ts'
import type { Engine, Tensor } from '../../src/engine/engine.ts'
import { buildModel } from '../../src/model/architectures.ts'
import { createGenerator } from '../../src/model/generate.ts'
import { headLogits } from '../../src/model/head.ts'
import { graphWeights } from '../../src/model/weights.ts'
import { crossEntropy } from '../../src/parts/loss/cross-entropy.ts'
import { BatchInputs } from '../../src/train/batch-inputs.ts'
import { flatLayout, flatTensors } from '../../src/train/flat.ts'
import { createGradientRunner } from '../../src/train/gradient.ts'
import { sequenceInputs } from '../../src/train/objective.ts'

// Made by reference/make_llama_goldens.py and make_architecture_goldens.py with transformers in float64.
const folder = 'test/golden'
export const goldenModels = readdirSync(folder).filter((name) =>
  existsSync(`${folder}/${name}/golden.safetensors`),
)
async function load(name: string) {
  const path = `${folder}/${name}`
  const checkpoint = await openCheckpoint(await nodeFolder(path))
  const model = buildModel(checkpoint.config, `${path}/config.json`, (name) =>
    checkpoint.tensors.has(name),
  )
  const values = new Map<string, Tensor>()
  for (const [tensor, shape] of model.parameters)
    values.set(tensor, { data: await checkpoint.read(tensor), shape })
  const bytes = readFileSync(`${path}/golden.safetensors`)
  const header = await readSafetensorsHeader(memoryBytes('golden', bytes))
  const golden = (tensor: string) => {
    const entry = header.tensors.get(tensor)
    if (!entry) throw new Error(`no ${tensor} in golden of ${name}`)
    const raw = new Uint8Array(bytes.subarray(entry.offset, entry.offset + entry.byteLength)).buffer
    const data = entry.dtype === 'I32' ? new Int32Array(raw) : new Float32Array(raw)
    return { data, shape: entry.shape }
  }
  const facts = JSON.parse(readFileSync(`${path}/golden.json`, 'utf8')) as {
    loss: number
    greedy: { prompt: number[]; tokens: number[] }[]
  }
  return { checkpoint, model, values, golden, facts }
}

function allPositions(tokens: Int32Array, [batch, seq]: readonly number[]): Batch {
  return {
    batch,
    seq,
    tokens,
    rows: Int32Array.from(tokens, (_, i) => i),
    labels: tokens,
    sequenceOf: Int32Array.from(tokens, (_, i) => Math.floor(i / seq)),
    examples: Int32Array.from({ length: batch }, (_, i) => i),
  }
}

/** Largest difference over the largest expected value. */
function relative(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0
  let largest = 0
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(got[i] - expected[i]))
    largest = Math.max(largest, Math.abs(expected[i]))
  }
  return difference / largest
}

/** Largest difference of an engine's logits from those of transformers, over the largest logit of a sequence. */
export async function logitsDifference(engine: Engine, name: string): Promise<number> {
  const { model, values, golden } = await load(name)
  const tokens = golden('tokens')
  const weights = graphWeights(model)
  const graph = headLogits(model, weights, model.hidden(weights, sequenceInputs(model)))
  const batch = allPositions(tokens.data as Int32Array, tokens.shape)
  const inputs = { ...Object.fromEntries(values), ...new BatchInputs(model).batch(batch) }
  const lengths = golden('lengths').data
  const expected = golden('logits')
  const program = await engine.compile({ logits: graph })
  const found = new Float32Array(expected.data.length)
  await program.run(inputs, { logits: found })
  program.dispose()
  const differences = [...lengths].map((length, b) => {
    const from = b * batch.seq * model.vocab
    const to = from + length * model.vocab
    return relative(found.subarray(from, to), expected.data.subarray(from, to))
  })
  return Math.max(...differences)
}

/** Models of families, of all unless given, on an engine: logits, the loss, every gradient and greedy answers as transformers has them. */
export function runModelGoldens(
  makeEngine: () => Engine | Promise<Engine>,
  names: readonly string[] = goldenModels,
): void {
  let engine: Engine
  beforeAll(async () => {
    engine = await makeEngine()
  })
  afterAll(() => engine.dispose())

  describe.each(names)('%s', (name) => {
    test('logits equal those of transformers', async () => {
      expect(await logitsDifference(engine, name)).toBeLessThan(1e-4)
    })

    test('loss and every gradient equal those of PyTorch', async () => {
      const { model, values, golden, facts } = await load(name)
      const tokens = golden('tokens')
      const [batch, seq] = tokens.shape
      const mask = golden('label_mask').data
      const positions = [...mask.keys()].filter((i) => mask[i] === 1 && i % seq !== 0)
      const layout = flatLayout(model.parameters)
      const target = flatTensors(engine.memory, layout)
      const runner = await createGradientRunner({
        engine,
        model,
        weights: graphWeights(model),
        losses: { retain: { loss: crossEntropy, knobs: {} } },
        trainable: [...model.parameters.keys()],
        values,
        inputs: new BatchInputs(model),
      })
      const losses = await runner.run(
        [
          {
            batch: {
              ...allPositions(tokens.data as Int32Array, tokens.shape),
              rows: Int32Array.from(positions, (i) => i - 1),
              labels: Int32Array.from(positions, (i) => tokens.data[i]),
              sequenceOf: Int32Array.from(positions, (i) => Math.floor(i / seq)),
            },
            groups: new Array(batch).fill('retain'),
          },
        ],
        { retain: 1 },
        target,
        () => target,
      )
      expect(Math.abs(losses.retain / facts.loss - 1)).toBeLessThan(1e-5)
      for (const [parameter, view] of target.views)
        expect(
          relative(await engine.memory.read(view), golden(`grad.${parameter}`).data),
          parameter,
        ).toBeLessThan(1e-4)
      runner.dispose()
    })

    test('greedy tokens are identical, prompts of different length in one batch', async () => {
      const { model, values, facts } = await load(name)
      const generator = await createGenerator({
        engine,
        model,
        weights: graphWeights(model),
        values,
      })
      const generated = await generator.generate(
        facts.greedy.map(({ prompt }) => Int32Array.from(prompt)),
        { maxNewTokens: facts.greedy[0].tokens.length, stopTokens: [] },
      )
      expect(generated.map((tokens) => [...tokens])).toEqual(
        facts.greedy.map(({ tokens }) => tokens),
      )
      generator.dispose()
    })
  })
}
