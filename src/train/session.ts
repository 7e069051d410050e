import type { FolderSource } from '../checkpoint/bytes.ts'
import { type Checkpoint, openCheckpoint } from '../checkpoint/folder.ts'
import {
  type GenerationDefaults,
  generationDefaults,
  unfollowedGeneration,
} from '../checkpoint/generation-config.ts'
import { nodeFolder } from '../checkpoint/node-folder.ts'
import { byteLength } from '../checkpoint/safetensors-write.ts'
import { openTokenizer, type Tokenizer } from '../checkpoint/tokenizer.ts'
import { turnEndToken } from '../data/turn-end.ts'
import type { Engine } from '../engine/engine.ts'
import type { Problem } from '../error.ts'
import { buildModel } from '../model/architectures.ts'
import type { LanguageModel } from '../model/model.ts'
import { BatchInputs } from './batch-inputs.ts'
import { modelWeights } from './model-weights.ts'
import { chooseTrainable, type ParameterChoice } from './trainable-set.ts'
import { loadWeights, type WeightStore } from './weight-store.ts'

/** A model folder opened for work: its weights in memory and all that is needed to run it. */
export interface Session {
  readonly engine: Engine
  readonly checkpoint: Checkpoint
  readonly model: LanguageModel
  readonly store: WeightStore
  readonly tokenizer: Tokenizer
  readonly generation: GenerationDefaults
  readonly inputs: BatchInputs
  /** Tokens that end an answer: those the model names, the end token, and what its chat template ends a turn with. */
  readonly stopTokens: readonly number[]
}

/** A model folder whose weights have not been read. */
export interface OpenedModel {
  readonly checkpoint: Checkpoint
  readonly model: LanguageModel
  readonly tokenizer: Tokenizer
  readonly generation: GenerationDefaults
  /** What the folder says or holds and is not followed or used; to be shown. */
  readonly notes: readonly Problem[]
}

/** Opens a model folder or a GGUF file on disk without reading weights; otherwise as `openModelFolder`. */
export async function openModel(path: string, now: Date = new Date()): Promise<OpenedModel> {
  return openModelFolder(await modelFolder(path), now)
}

/** What a path of a model holds: a folder, or a GGUF file read as one. */
async function modelFolder(path: string): Promise<FolderSource> {
  if (!/\.gguf$/i.test(path)) return nodeFolder(path)
  const { ggufFolder } = await import('../gguf/gguf-folder.ts')
  return ggufFolder(path)
}

/**
 * Opens a model folder, wherever it is, without reading weights.
 *
 * @param now the date that chat templates may ask for
 * @throws UserError for whatever is wrong with it
 */
export async function openModelFolder(folder: FolderSource, now: Date): Promise<OpenedModel> {
  const stored = await openCheckpoint(folder)
  const model = buildModel(stored.config, `${folder.name}/config.json`, (name) =>
    stored.tensors.has(name),
  )
  const { checkpoint, notes } = await modelWeights(model, stored)
  const tokenizer = await openTokenizer(folder, { now })
  const generation = generationDefaults(checkpoint.config, checkpoint.generationConfig)
  const unfollowed = unfollowedGeneration(folder.name, stored.config, stored.generationConfig)
  return { checkpoint, model, tokenizer, generation, notes: [...notes, ...unfollowed] }
}

/**
 * A session: reads all weights of an opened model into memory, as f32, ready to be run and trained.
 *
 * Memory: 4 bytes a parameter, and the adapters of `parameters` where it asks for some.
 *
 * @param engine     stays the caller's, who disposes of it after whatever was made of the session
 * @param parameters which weights are kept together in one array for training; null: none, for a model that is only run
 * @param seed       of the random part of fresh adapters; without adapters nothing depends on it
 * @throws UserError where `parameters` names weights or layers that the model has not, or a stored tensor has another
 *   number of values than config.json says
 */
export async function openSession(
  engine: Engine,
  opened: OpenedModel,
  parameters: ParameterChoice | null,
  seed = 0,
): Promise<Session> {
  const { checkpoint, model, tokenizer, generation } = opened
  const trainable = chooseTrainable(model, parameters ?? { pattern: [] })
  const store = await loadWeights(
    engine.memory,
    model,
    trainable,
    (name) => checkpoint.read(name),
    seed,
  )
  const stops = [
    ...generation.eosTokens,
    ...[tokenizer.eosToken, turnEndToken(tokenizer)].filter((token) => token !== null),
  ]
  return {
    ...opened,
    engine,
    store,
    inputs: new BatchInputs(model),
    stopTokens: [...new Set(stops)],
  }
}

/** Bytes of all weights as a folder stores them. */
export function storedModelBytes({ tensors }: Checkpoint): number {
  let total = 0
  for (const tensor of tensors.values()) total += byteLength(tensor)
  return total
}
