import {
  byteLength,
  safetensorsBytes,
  safetensorsLayout,
  type TensorData,
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
  /** Float32 values, rounded to nearest even into the tensor's type, or its bytes as they are; asked for once each. */
  read(name: string): TensorData | Promise<TensorData>
}

/** One file of a folder: its size before it is made, and its bytes piece by piece. */
export interface FolderFile {
  readonly name: string
  readonly byteLength: number
  pieces(): AsyncIterable<Uint8Array>
}

const single = 'model.safetensors'

/**
 * The files of a model folder, weights first. Memory: one tensor.
 *
 * @param shardBytes files are split before they would be larger, where the tensors do not name theirs
 * Source: transformers `save_pretrained`; huggingface_hub, serialization/_base.py (`split_state_dict_into_shards_factory`).
 */
export function folderFiles(model: ModelFolder, shardBytes: number): FolderFile[] {
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
  return [
    ...shards.map(({ file, layout }) => ({
      name: file,
      byteLength: layout.byteLength,
      pieces: () => safetensorsBytes(layout, (name) => model.read(name)),
    })),
    ...[...small].map(([name, content]) => {
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
      return {
        name,
        byteLength: bytes.length,
        async *pieces() {
          yield bytes
        },
      }
    }),
  ]
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
