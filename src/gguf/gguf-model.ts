import type { StoredDType } from '../checkpoint/dtype.ts'
import type { ModelFolder } from '../checkpoint/folder-files.ts'
import { nearest, UserError } from '../error.ts'
import type { GgufArchitecture } from './architecture/gguf-architecture.ts'
import { ggufArchitectures } from './architecture/gguf-architectures.ts'
import { type GgufFile, openGguf, positionTensors } from './gguf-file.ts'
import { type MetadataReader, metadataReader } from './metadata.ts'
import { tensorName } from './tensor-names.ts'
import { tokenizerFilesOf } from './tokenizer-files.ts'

/** The model in a GGUF file, as a Hugging Face folder to be written or read. */
export interface GgufModel {
  readonly folder: ModelFolder
  readonly modelType: string
  readonly parameters: number
  /** how many tensors are stored in each block type */
  readonly types: Readonly<Record<string, number>>
}

/**
 * Opens the model in a GGUF file: weights are read exactly as llama.cpp reads them, when they are asked for; tokenizer, chat template
 * and config are made from its metadata.
 *
 * @param dtype what weights are stored as; F32 keeps every value of the file
 * @throws UserError for a family, block type or vocabulary that is not read, and for tensors without a place
 * Numerics: quantised values are what the file says, not those before quantising; nothing can bring these back.
 */
export async function openGgufModel(path: string, dtype: StoredDType): Promise<GgufModel> {
  const file = await openGguf(path)
  const metadata = metadataReader(path, file.metadata)
  const architecture = architectureOf(path, metadata.text('general.architecture'))
  const config = await architecture.config(file, metadata)
  const sources = tensorSources(file, architecture)
  const types: Record<string, number> = {}
  for (const { type } of file.tensors.values()) types[type] = (types[type] ?? 0) + 1
  const heads = {
    queries: Number(config.num_attention_heads),
    keys: Number(config.num_key_value_heads),
    dim: Number(config.head_dim),
  }
  const folder: ModelFolder = {
    config: `${JSON.stringify({ ...config, dtype: torchName[dtype] }, null, 2)}\n`,
    generationConfig: null,
    tokenizerFiles: tokenizerFilesOf(path, file.metadata, metadata),
    modelCard: card(file, metadata, types, dtype),
    tensors: [...sources].map(([name, source]) => ({
      name,
      dtype,
      shape: file.tensors.get(source)?.shape ?? [],
    })),
    async read(name) {
      const source = sources.get(name) as string
      const values = await file.read(source)
      return architecture.conversion(source, heads)?.read(values) ?? values
    },
  }
  return {
    folder,
    modelType: String(config.model_type),
    parameters: [...file.tensors.values()].reduce((sum, { shape }) => sum + product(shape), 0),
    types,
  }
}

const torchName: Readonly<Record<StoredDType, string>> = {
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
}

const product = (shape: readonly number[]) => shape.reduce((size, length) => size * length, 1)

function architectureOf(path: string, id: string): GgufArchitecture {
  const found = ggufArchitectures.get(id)
  if (found) return found
  const known = [...ggufArchitectures.keys()]
  const near = nearest(id, known)
  throw new UserError({
    code: 'unsupported-gguf',
    path: `${path}: general.architecture`,
    expected: known.join(', '),
    got: id,
    hint:
      near === undefined
        ? 'Take the model from its Hugging Face folder.'
        : `${near} is another family; take the model from its Hugging Face folder.`,
  })
}

/** Hugging Face's name → GGUF's. */
function tensorSources(file: GgufFile, architecture: GgufArchitecture): Map<string, string> {
  const sources = new Map<string, string>()
  const without: string[] = []
  for (const name of file.tensors.keys()) {
    if (positionTensors.includes(name)) continue
    const own = tensorName(name, architecture.names)
    if (own === null) without.push(name)
    else sources.set(own, name)
  }
  if (without.length === 0) return sources
  throw new UserError({
    code: 'unsupported-gguf',
    path: `${file.path}: ${without[0]}`,
    expected: `the tensors of ${architecture.id}`,
    got: `${without.length} others, ${without.slice(0, 3).join(', ')}`,
  })
}

function card(
  file: GgufFile,
  metadata: MetadataReader,
  types: Readonly<Record<string, number>>,
  dtype: StoredDType,
): string {
  const name = metadata.has('general.name') ? metadata.text('general.name') : 'A model'
  const license = metadata.has('general.license') ? metadata.text('general.license') : null
  const stored = Object.entries(types).map(([type, count]) => `${count} as ${type}`)
  return [
    ...(license === null ? [] : ['---', `license: ${license}`, '---', '']),
    `# ${name}`,
    '',
    `Read from a GGUF file by \`lethe import\`: ${file.tensors.size} tensors, ${stored.join(', ')}. The weights are the values of that`,
    `file, stored as ${dtype}; what its quantisation took away is not there.`,
    '',
  ].join('\n')
}
