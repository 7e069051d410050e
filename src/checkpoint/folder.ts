import { nearest, type Problem, UserError } from '../error.ts'
import { type ByteSource, type FolderSource, missingFile, readAll } from './bytes.ts'
import { isStoredDType, type StoredDType } from './dtype.ts'
import { type JsonObject, parseJsonObject } from './json-text.ts'
import { mistakenFolder } from './mistaken-folder.ts'
import { readSafetensorsHeader, readValues, type StoredTensor } from './safetensors.ts'
import { throwProblems } from './throw-problems.ts'
import { readIndex, singleFile } from './weight-index.ts'

export interface CheckpointTensor<DType extends string = StoredDType> {
  readonly shape: readonly number[]
  readonly dtype: DType
  /** The file of the folder it is in. */
  readonly file: string
}

/** A Hugging Face model folder, open for reading. */
export interface Checkpoint {
  readonly name: string
  readonly config: JsonObject
  /** config.json as it was written, to be copied along. */
  readonly configText: string
  readonly generationConfig: JsonObject | null
  readonly generationConfigText: string | null
  /** Every tensor of a type that weights may have, file by file in the order of the data. */
  readonly tensors: ReadonlyMap<string, CheckpointTensor>
  /** Tensors of other types: buffers of integers, weights that are quantised or in double precision. */
  readonly others: ReadonlyMap<string, CheckpointTensor<string>>
  /** Tensors that the index names and its file has not → the file. They may be of no use: the head of a tied model. */
  readonly absent: ReadonlyMap<string, string>
  /**
   * A whole tensor as float32, exact. Memory: the tensor, and a piece of 16 MiB.
   *
   * @throws UserError for a tensor that is not there, and for a file that was cut or changed
   */
  read(name: string): Promise<Float32Array>
  /** A whole tensor of any type as it is stored. */
  readBytes(name: string): Promise<Uint8Array>
}

/**
 * Opens a model folder: config.json, generation_config.json where there is one, and the headers of model.safetensors
 * or of every shard in model.safetensors.index.json. No weights are read yet.
 *
 * @throws UserError for files that are missing, cut or corrupt, all of them at once, and for a folder that holds no
 *   model, saying what it holds
 * Source: transformers, modeling_utils.py (a single file before an index; the tensors of a shard that the index leaves
 *   out are there too).
 */
export async function openCheckpoint(folder: FolderSource): Promise<Checkpoint> {
  const files = await folder.list()
  if (!files.includes('config.json')) {
    const mistaken = await mistakenFolder(folder, files, 'a model folder, with config.json')
    throw mistaken ? new UserError(mistaken) : missingFile(folder.name, 'config.json', files)
  }
  const config = await readJson(folder, 'config.json')
  const generationConfig = files.includes('generation_config.json')
    ? await readJson(folder, 'generation_config.json')
    : null

  const index = await readIndex(folder, files)
  const problems: Problem[] = []
  const sources = new Map<string, ByteSource>()
  const stored = new Map<string, StoredTensor & { file: string }>()
  for (const file of index ? new Set(index.values()) : [singleFile]) {
    try {
      const source = await folder.open(file)
      const header = await readSafetensorsHeader(source)
      sources.set(file, source)
      for (const [name, tensor] of header.tensors)
        if ((index?.get(name) ?? file) === file) stored.set(name, { ...tensor, file })
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      problems.push(...error.problems)
    }
  }
  throwProblems(problems)
  const absent = new Map([...(index ?? [])].filter(([name]) => !stored.has(name)))
  const entries = [...stored].map(
    ([name, { shape, dtype, file }]) => [name, { shape, dtype, file }] as const,
  )
  const isWeight = (
    entry: readonly [string, CheckpointTensor<string>],
  ): entry is [string, CheckpointTensor] => isStoredDType(entry[1].dtype)

  return {
    name: folder.name,
    config: config.value,
    configText: config.text,
    generationConfig: generationConfig?.value ?? null,
    generationConfigText: generationConfig?.text ?? null,
    tensors: new Map(entries.filter(isWeight)),
    others: new Map(entries.filter((entry) => !isWeight(entry))),
    absent,
    read: async (name) => {
      const tensor = stored.get(name)
      if (!tensor) throw unknownTensor(folder.name, name, [...stored.keys()])
      return readValues(sources.get(tensor.file) as ByteSource, tensor)
    },
    readBytes: async (name) => {
      const tensor = stored.get(name)
      if (!tensor) throw unknownTensor(folder.name, name, [...stored.keys()])
      const source = sources.get(tensor.file) as ByteSource
      return source.read(tensor.offset, tensor.byteLength)
    },
  }
}

async function readJson(folder: FolderSource, file: string) {
  return parseJsonObject(`${folder.name}/${file}`, await readAll(folder, file))
}

function unknownTensor(folder: string, name: string, names: readonly string[]): UserError {
  const meant = nearest(name, names)
  return new UserError({
    code: 'missing-tensor',
    path: `${folder}: ${name}`,
    expected: 'this tensor',
    got: `a checkpoint of ${names.length} tensors without it`,
    ...(meant !== undefined && { hint: `Did you mean "${meant}"?` }),
  })
}
