import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../error.ts'
import { writeFileDurable, writeFolderAtomic } from './atomic.ts'
import {
  byteLength,
  safetensorsBytes,
  safetensorsLayout,
  type TensorSpec,
} from './safetensors-write.ts'

/** A Hugging Face model folder to be written. */
export interface ModelFolder {
  /** config.json as text: that of the source, with single values changed by `editJson` where need be. */
  readonly config: string
  readonly generationConfig: string | null
  readonly tokenizerFiles: ReadonlyMap<string, Uint8Array>
  /** README.md. */
  readonly modelCard: string
  /** With `file` each tensor goes into the file of that name, as in the source; without, files are split by size. */
  readonly tensors: readonly (TensorSpec & { readonly file?: string })[]
  /** Float32 values; asked for once each. Rounded to nearest even into the tensor's type. */
  read(name: string): Float32Array | Promise<Float32Array>
}

export interface WriteOptions {
  /** Put the new folder in the place of a model folder that is already there. Off: that is an error. */
  replace?: boolean
  /** Files are split before they would be larger, where the tensors do not name theirs. 5e9, as transformers had it. */
  shardBytes?: number
}

const single = 'model.safetensors'

/**
 * Writes a model folder that transformers and `openCheckpoint` read. After a crash at any moment the target is whole,
 * old or new. Memory: one tensor.
 *
 * @throws UserError when the target is there and `replace` is off, or is not a model folder, or cannot be written;
 *   DiskFullError. Nothing is left behind.
 * Source: transformers `save_pretrained`; huggingface_hub, serialization/_base.py (`split_state_dict_into_shards_factory`).
 */
export async function writeModelFolder(
  target: string,
  model: ModelFolder,
  { replace = false, shardBytes = 5e9 }: WriteOptions = {},
): Promise<void> {
  await checkTarget(target, replace)
  const shards = [...shardsOf(model.tensors, shardBytes)].map(([file, tensors]) => ({
    file,
    tensors,
    layout: safetensorsLayout(tensors, { format: 'pt' }),
  }))
  const small = new Map<string, string | Uint8Array>([
    ...model.tokenizerFiles,
    ['config.json', model.config],
    ['README.md', model.modelCard],
  ])
  if (model.generationConfig !== null) small.set('generation_config.json', model.generationConfig)
  if (shards.length !== 1 || shards[0].file !== single)
    small.set('model.safetensors.index.json', indexOf(shards))

  let neededBytes = 0
  for (const content of small.values()) neededBytes += Buffer.byteLength(content)
  for (const { layout } of shards) neededBytes += layout.byteLength

  await writeFolderAtomic(target, neededBytes, async (temporary) => {
    for (const { file, layout } of shards)
      await writeFileDurable(
        join(temporary, file),
        safetensorsBytes(layout, (name) => model.read(name)),
      )
    for (const [file, content] of small) await writeFileDurable(join(temporary, file), content)
  })
}

async function checkTarget(target: string, replace: boolean): Promise<void> {
  const there = await stat(target).catch(() => null)
  if (there === null) return
  if (!there.isDirectory())
    throw new UserError({
      code: 'output-exists',
      path: target,
      expected: 'a folder, or nothing yet',
      got: 'a file',
    })
  const present = await readdir(target)
  if (present.length === 0) return
  if (!replace)
    throw new UserError({
      code: 'output-exists',
      path: target,
      expected: 'nothing there yet',
      got: `a folder of ${present.length} files`,
      hint: 'Choose another place, or ask for it to be replaced.',
    })
  if (!present.includes('config.json'))
    throw new UserError({
      code: 'output-exists',
      path: target,
      expected: 'a model folder to replace',
      got: `a folder without config.json, with ${present.slice(0, 5).join(', ')}`,
      hint: 'Replacing removes all that is in it; choose another place.',
    })
}

/** File → its tensors. */
function shardsOf(
  tensors: ModelFolder['tensors'],
  shardBytes: number,
): Map<string, ModelFolder['tensors'][number][]> {
  const shards: ModelFolder['tensors'][number][][] = []
  const named = new Map<string, ModelFolder['tensors'][number][]>()
  let size = 0
  for (const tensor of tensors) {
    if (tensor.file !== undefined) {
      const shard = named.get(tensor.file)
      if (shard) shard.push(tensor)
      else named.set(tensor.file, [tensor])
      continue
    }
    const bytes = byteLength(tensor)
    if (shards.length === 0 || size + bytes > shardBytes) {
      shards.push([])
      size = 0
    }
    shards[shards.length - 1].push(tensor)
    size += bytes
  }
  const five = (index: number): string => String(index).padStart(5, '0')
  shards.forEach((shard, i) => {
    const file =
      shards.length === 1 && named.size === 0
        ? single
        : `model-${five(i + 1)}-of-${five(shards.length)}.safetensors`
    named.set(file, shard)
  })
  return named
}

function indexOf(shards: readonly { file: string; tensors: readonly TensorSpec[] }[]): string {
  const entries = shards.flatMap(({ file, tensors }) =>
    tensors.map((tensor) => [tensor.name, file] as const),
  )
  const index = {
    metadata: {
      total_size: shards
        .flatMap(({ tensors }) => tensors)
        .reduce((sum, t) => sum + byteLength(t), 0),
    },
    weight_map: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))),
  }
  return `${JSON.stringify(index, null, 2)}\n`
}
