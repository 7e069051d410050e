import type { FolderSource } from '../checkpoint/bytes.ts'
import { type Checkpoint, openCheckpoint } from '../checkpoint/folder.ts'
import type { ModelFolder } from '../checkpoint/folder-files.ts'
import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import { type Batch, makeBatch } from '../data/batch.ts'
import type { Example } from '../data/example.ts'
import type { DeviceBuffer, Engine, Program } from '../engine/engine.ts'
import { valuesFor } from '../engine/ports.ts'
import { headLogits } from '../model/head.ts'
import type { LanguageModel } from '../model/model.ts'
import { graphWeights } from '../model/weights.ts'
import type { BatchInputs } from '../train/batch-inputs.ts'
import { sequenceInputs } from '../train/objective.ts'
import type { WeightStore } from '../train/weight-store.ts'
import type { ExportCheck } from './events.ts'

/** Positions whose logits are compared; enough to notice any wrong tensor, few enough for a vocabulary of 128k. */
const comparedPositions = 128

/** Compares logits of the weights in memory before and after something was done to them. */
export interface LogitProbe {
  logits(): Promise<Float32Array>
  compare(expected: Float32Array, got: Float32Array): ExportCheck
  dispose(): void
}

export async function createLogitProbe(options: {
  engine: Engine
  model: LanguageModel
  store: WeightStore
  inputs: BatchInputs
  examples: readonly Example[]
  padToken: number
}): Promise<LogitProbe> {
  const { engine, model, store, inputs } = options
  const batch = firstPositions(makeBatch(options.examples.slice(0, 8), options.padToken))
  const weights = graphWeights(model, store.trainable.adapter)
  const program: Program = await engine.compile({
    logits: headLogits(model, weights, model.hidden(weights, sequenceInputs(model))),
  })
  const { labels: _, ...unlabelled } = inputs.batch(batch)
  const given = valuesFor(program, store.tensors)
  return {
    async logits() {
      const logits = new Float32Array(batch.rows.length * model.vocab)
      await program.run({ ...given, ...unlabelled }, { logits })
      return logits
    },
    compare: (expected, got) => compareLogits(expected, got, model.vocab),
    dispose: () => program.dispose(),
  }
}

function firstPositions(batch: Batch): Batch {
  const count = Math.min(comparedPositions, batch.rows.length)
  return {
    ...batch,
    rows: batch.rows.slice(0, count),
    labels: batch.labels.slice(0, count),
    sequenceOf: batch.sequenceOf.slice(0, count),
  }
}

/** Largest difference and agreement of the most likely token, row by row; not-a-number agrees with nothing. */
export function compareLogits(
  expected: Float32Array,
  got: Float32Array,
  vocab: number,
): ExportCheck {
  const positions = expected.length / vocab
  let maxLogitDifference = 0
  let agreements = 0
  for (let row = 0; row < positions; row++) {
    let best = row * vocab
    let bestGot = row * vocab
    let comparable = true
    for (let i = row * vocab; i < (row + 1) * vocab; i++) {
      const difference = Math.abs(expected[i] - got[i])
      if (Number.isNaN(difference)) comparable = false
      else if (difference > maxLogitDifference) maxLogitDifference = difference
      if (expected[i] > expected[best]) best = i
      if (got[i] > got[bestGot]) bestGot = i
    }
    if (!comparable) maxLogitDifference = Number.POSITIVE_INFINITY
    else if (best === bestGot) agreements++
  }
  return { maxLogitDifference, topOneAgreement: agreements / positions, positions }
}

/** The trained model as a Hugging Face folder like the one it came from: same types, same shards. */
export function exportedFolder(options: {
  checkpoint: Checkpoint
  model: LanguageModel
  store: WeightStore
  tokenizer: Tokenizer
  modelCard: string
}): ModelFolder {
  const { checkpoint, model, store } = options
  return {
    config: checkpoint.configText,
    generationConfig: checkpoint.generationConfigText,
    tokenizerFiles: options.tokenizer.files,
    modelCard: options.modelCard,
    tensors: [...checkpoint.tensors, ...checkpoint.others].map(
      ([name, { shape, dtype, file }]) => ({
        name,
        shape,
        dtype,
        file,
      }),
    ),
    read: (name) => {
      if (checkpoint.others.has(name)) return checkpoint.readBytes(name)
      // A copy left as it was would still hold what was forgotten.
      const original = model.copies.get(name) ?? name
      return model.parameters.has(original) ? store.exported(original) : checkpoint.read(name)
    },
  }
}

/** Reads a written folder back into the weights in memory, so that what is measured next is what was written. */
export async function reload(
  folder: FolderSource,
  model: LanguageModel,
  store: WeightStore,
): Promise<void> {
  const checkpoint = await openCheckpoint(folder)
  const { memory, trainable, trained, tensors } = store
  for (const [name, { data }] of tensors)
    if (model.parameters.has(name)) await memory.write(data, await checkpoint.read(name))
  // The written weights have the adapter merged in.
  await trainable.adapter?.neutralise((name, values) =>
    memory.write(trained.views.get(name) as DeviceBuffer, values),
  )
}
