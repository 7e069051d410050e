import { nearest, type Problem, UserError } from '../error.ts'
import { type ByteSource, type FolderSource, missingFile, readAll } from './bytes.ts'
import { isStoredDType, type StoredDType, storedBytes } from './dtype.ts'
import { type JsonObject, parseJsonObject } from './json-text.ts'
import { throwProblems } from './problems.ts'
import { readSafetensorsHeader, readValues, type StoredTensor } from './safetensors.ts'

export interface CheckpointTensor {
  readonly shape: readonly number[]
  readonly dtype: StoredDType
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
  /** Every tensor, file by file in the order of the data. */
  readonly tensors: ReadonlyMap<string, CheckpointTensor>
  /**
   * A whole tensor as float32, exact. Memory: the tensor, and a piece of 16 MiB.
   *
   * @throws UserError for a tensor that is not there, and for a file that was cut or changed
   */
  read(name: string): Promise<Float32Array>
}

const single = 'model.safetensors'
const indexFile = 'model.safetensors.index.json'

/**
 * Opens a model folder: config.json, generation_config.json where there is one, and the headers of model.safetensors
 * or of every shard in model.safetensors.index.json. No weights are read yet.
 *
 * @throws UserError for files that are missing, cut or corrupt, and tensors that are not F32, F16 or BF16; all of them
 *   at once
 * Source: transformers, modeling_utils.py (a single file before an index; the tensors of a shard that the index leaves
 *   out are there too).
 */
export async function openCheckpoint(folder: FolderSource): Promise<Checkpoint> {
  const files = await folder.list()
  if (!files.includes('config.json')) throw missingFile(folder.name, 'config.json', files)
  const config = await readJson(folder, 'config.json')
  const generationConfig = files.includes('generation_config.json')
    ? await readJson(folder, 'generation_config.json')
    : null

  const index = files.includes(single) ? null : await readIndex(folder, files)
  const problems: Problem[] = []
  const sources = new Map<string, ByteSource>()
  const stored = new Map<string, StoredTensor & { file: string }>()
  for (const file of index ? new Set(index.values()) : [single]) {
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
  for (const [name, file] of index ?? [])
    if (sources.has(file) && !stored.has(name))
      problems.push({
        code: 'missing-tensor',
        path: `${folder.name}/${file}: ${name}`,
        expected: `this tensor, as ${indexFile} says`,
        got: 'a file without it',
        hint: 'The index and the shards are not of the same model.',
      })
  for (const [name, { dtype }] of stored) if (isCausalMask(name, dtype)) stored.delete(name)
  problems.push(...wrongTypes(folder.name, stored))
  throwProblems(problems)

  return {
    name: folder.name,
    config: config.value,
    configText: config.text,
    generationConfig: generationConfig?.value ?? null,
    generationConfigText: generationConfig?.text ?? null,
    tensors: new Map(
      [...stored].map(([name, { shape, dtype, file }]) => [
        name,
        { shape, dtype: dtype as StoredDType, file },
      ]),
    ),
    read: async (name) => {
      const tensor = stored.get(name)
      if (!tensor) throw unknownTensor(folder.name, name, [...stored.keys()])
      return readValues(sources.get(tensor.file) as ByteSource, tensor)
    },
  }
}

/** Older GPT-NeoX and GPT-2 files hold the causal mask as bytes; it is no weight, and transformers ignores it too. */
function isCausalMask(name: string, dtype: string): boolean {
  return (dtype === 'BOOL' || dtype === 'U8') && /\.(attention|attn)\.bias$/.test(name)
}

async function readJson(folder: FolderSource, file: string) {
  return parseJsonObject(`${folder.name}/${file}`, await readAll(folder, file))
}

/** Tensor → shard. */
async function readIndex(
  folder: FolderSource,
  files: readonly string[],
): Promise<Map<string, string>> {
  if (!files.includes(indexFile)) throw noWeights(folder.name, files)
  const { value } = await readJson(folder, indexFile)
  const map = value.weight_map
  const entries = Object.entries((map ?? {}) as JsonObject)
  const usable = entries.every(([, file]) => typeof file === 'string' && !/[/\\]/.test(file))
  if (typeof map !== 'object' || Array.isArray(map) || entries.length === 0 || !usable)
    throw new UserError({
      code: 'invalid-index',
      path: `${folder.name}/${indexFile}`,
      expected: 'weight_map = { tensor: file in this folder, … }',
      got: (JSON.stringify(map) ?? 'no weight_map').slice(0, 80),
    })
  return new Map(entries as [string, string][])
}

function noWeights(folder: string, files: readonly string[]): UserError {
  const pickled = files.find((file) => /\.(bin|pt|pth)$/.test(file))
  return new UserError({
    code: 'missing-file',
    path: folder,
    expected: `${single} or ${indexFile}`,
    got: pickled ?? files.filter((file) => file.endsWith('.safetensors')).join(', ') ?? 'neither',
    ...(pickled && {
      hint: 'Only safetensors are read; in Python, `model.save_pretrained(folder)` writes them.',
    }),
  })
}

function wrongTypes(
  folder: string,
  stored: ReadonlyMap<string, StoredTensor & { file: string }>,
): Problem[] {
  const byType = new Map<string, string[]>()
  for (const [name, { dtype, file }] of stored)
    if (!isStoredDType(dtype)) {
      const names = byType.get(dtype) ?? []
      byType.set(dtype, names)
      names.push(`${folder}/${file}: ${name}`)
    }
  return [...byType].map(([dtype, names]) => ({
    code: 'unsupported-dtype',
    path: names[0],
    expected: `dtype ∈ {${Object.keys(storedBytes).join(', ')}}`,
    got: names.length === 1 ? dtype : `${dtype}, and so in ${names.length - 1} other tensors`,
    hint: 'Quantised weights cannot be trained; use the model they were made from.',
  }))
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
