/**
 * Lethe's side of check_export.py: logits at every position of given sequences, and the adapter of a run as PEFT stores it.
 *
 *   node dist/reference/lethe-side.js logits <model folder> <sequences.json> <logits.safetensors>
 *   node dist/reference/lethe-side.js adapter <run folder> <sequences.json> <logits.safetensors> <adapter folder>
 */
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { openCheckpoint } from '../src/checkpoint/folder.ts'
import { nodeFolder } from '../src/checkpoint/node-folder.ts'
import { safetensorsBytes, safetensorsLayout } from '../src/checkpoint/safetensors-write.ts'
import { latestState, loadState } from '../src/checkpoint/state.ts'
import type { Batch } from '../src/data/batch.ts'
import type { Engine } from '../src/engine/engine.ts'
import { createEngine } from '../src/engine/node-engine.ts'
import { valuesFor } from '../src/engine/ports.ts'
import { writeFileAtomic } from '../src/files/atomic.ts'
import { lora } from '../src/model/adapter/lora.ts'
import { buildModel } from '../src/model/architectures.ts'
import { headLogits } from '../src/model/head.ts'
import type { LanguageModel } from '../src/model/model.ts'
import { graphWeights } from '../src/model/weights.ts'
import { readRecipe } from '../src/recipe/read.ts'
import { BatchInputs } from '../src/train/batch-inputs.ts'
import { sequenceInputs } from '../src/train/objective.ts'
import { chooseTrainable, type ParameterChoice } from '../src/train/trainable-set.ts'
import { loadWeights, type WeightStore } from '../src/train/weight-store.ts'

type Values = ReadonlyMap<string, { shape: readonly number[]; data: Float32Array }>

async function openWeights(
  { memory }: Engine,
  folder: string,
  choice: ParameterChoice,
): Promise<{ model: LanguageModel; store: WeightStore }> {
  const checkpoint = await openCheckpoint(await nodeFolder(folder))
  const model = buildModel(checkpoint.config, join(folder, 'config.json'), (name) =>
    checkpoint.tensors.has(name),
  )
  const trainable = chooseTrainable(model, choice)
  return {
    model,
    store: await loadWeights(memory, model, trainable, (name) => checkpoint.read(name), 0),
  }
}

/** `[tokens, vocab]` of each sequence, by its number. */
async function logitsOf(
  engine: Engine,
  { model, store }: { model: LanguageModel; store: WeightStore },
  sequences: readonly number[][],
): Promise<Values> {
  const weights = graphWeights(model, store.trainable.adapter)
  const hidden = model.hidden(weights, sequenceInputs(model))
  const program = await engine.compile({ logits: headLogits(model, weights, hidden) })
  const inputs = new BatchInputs(model)
  const found = new Map<string, { shape: number[]; data: Float32Array }>()
  for (const [i, tokens] of sequences.entries()) {
    const { labels: _, ...unlabelled } = inputs.batch(everyPosition(tokens))
    const logits = new Float32Array(tokens.length * model.vocab)
    await program.run({ ...valuesFor(program, store.tensors), ...unlabelled }, { logits })
    found.set(String(i), { shape: [tokens.length, model.vocab], data: logits })
  }
  program.dispose()
  return found
}

function everyPosition(tokens: readonly number[]): Batch {
  const count = tokens.length
  return {
    batch: 1,
    seq: count,
    tokens: Int32Array.from(tokens),
    rows: Int32Array.from(tokens, (_, i) => i),
    labels: new Int32Array(count),
    sequenceOf: new Int32Array(count),
    examples: new Int32Array(1),
  }
}

async function write(path: string, values: Values): Promise<void> {
  const specs = [...values].map(([name, { shape }]) => ({ name, dtype: 'F32' as const, shape }))
  const layout = safetensorsLayout(specs, { format: 'pt' })
  await writeFileAtomic(
    path,
    safetensorsBytes(layout, (name) => (values.get(name) as { data: Float32Array }).data),
  )
}

/** The starting model of a run with its adapters, not merged, as they are in the last state. */
async function openAdapted(engine: Engine, run: string) {
  const options = { cwd: process.cwd(), env: process.env }
  const { recipe } = await readRecipe(join(run, 'recipe.yaml'), options)
  const { parameters } = recipe.train
  if (typeof parameters === 'string' || parameters.pattern !== undefined || !parameters.lora)
    throw new Error(`${run}: expected a run of adapters, got train.parameters without lora`)
  const opened = await openWeights(engine, recipe.model, parameters)
  if (opened.store.trainable.adapter?.start)
    throw new Error(`${run}: expected adapters that begin at zero; others change the weights too`)
  const state = await latestState(join(run, 'state'))
  if (state === null) throw new Error(`${run}: expected a state, got none`)
  const { tensors } = await loadState(state)
  const { memory, trained } = opened.store
  await memory.write(trained.data, tensors.get('weights')?.data as Float32Array)
  return { ...opened, base: resolve(recipe.model), knobs: lora.schema.parse(parameters.lora) }
}

async function writeAdapter(
  folder: string,
  { base, model, store, knobs }: Awaited<ReturnType<typeof openAdapted>>,
): Promise<void> {
  const { trained, trainable } = store
  const { shapes } = trainable
  const { rank, alpha } = knobs
  await mkdir(folder, { recursive: true })
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: base,
    r: rank,
    lora_alpha: alpha ?? 2 * rank,
    lora_dropout: 0,
    bias: 'none',
    fan_in_fan_out: model.transposed.size > 0,
    target_modules: trainable.adapter?.weights.map((name) => name.slice(0, -'.weight'.length)),
    inference_mode: true,
  }
  await writeFileAtomic(join(folder, 'adapter_config.json'), JSON.stringify(config, null, 2))
  const named = new Map<string, { shape: readonly number[]; data: Float32Array }>()
  for (const [name, view] of trained.views)
    named.set(`base_model.model.${name}`, {
      shape: shapes.get(name) as readonly number[],
      data: await store.memory.read(view),
    })
  await write(join(folder, 'adapter_model.safetensors'), named)
}

const [what, folder, sequencesFile, output, adapterFolder] = process.argv.slice(2)
const sequences: number[][] = JSON.parse(await readFile(sequencesFile, 'utf8'))
const engine = await createEngine()
await mkdir(dirname(resolve(output)), { recursive: true })
if (what === 'adapter') {
  const adapted = await openAdapted(engine, folder)
  await writeAdapter(adapterFolder, adapted)
  await write(output, await logitsOf(engine, adapted, sequences))
} else
  await write(
    output,
    await logitsOf(engine, await openWeights(engine, folder, { pattern: [] }), sequences),
  )
engine.dispose()
