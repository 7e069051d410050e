import type { StoredDType } from '../checkpoint/dtype.ts'
import type { ModelFolder } from '../checkpoint/folder-files.ts'
import { writeModelFolder } from '../checkpoint/write-folder.ts'
import { nearest, UserError } from '../error.ts'
import type { GgufArchitecture } from './architecture/gguf-architecture.ts'
import { ggufArchitectures } from './architecture/gguf-architectures.ts'
import { decoderConfig } from './decoder-config.ts'
import { type GgufFile, openGguf } from './gguf-file.ts'
import { type MetadataReader, metadataReader } from './metadata.ts'
import { separateHalves, tensorName } from './tensor-names.ts'
import { tokenizerFilesOf } from './tokenizer-files.ts'

/** What came of an import. */
export interface ImportedModel {
  readonly modelType: string
  readonly parameters: number
  /** how many tensors are stored in each block type */
  readonly types: Readonly<Record<string, number>>
}

/**
 * Writes the Hugging Face folder of a GGUF file: weights read exactly as llama.cpp reads them, tokenizer, chat template
 * and config from its metadata.
 *
 * @param options.dtype   what weights are stored as; F32 keeps every value of the file
 * @throws UserError for a family, block type or vocabulary that is not read, and for tensors without a place
 * Numerics: quantised values are what the file says, not those before quantising; nothing can bring these back.
 */
export async function importGguf(options: {
  readonly path: string
  readonly target: string
  readonly dtype: StoredDType
  readonly replace: boolean
  readonly progress?: (done: number, of: number) => void
}): Promise<ImportedModel> {
  const { path, target, dtype, replace, progress } = options
  const file = await openGguf(path)
  const metadata = metadataReader(path, file.metadata)
  const architecture = architectureOf(path, metadata.text('general.architecture'))
  const config = {
    ...decoderConfig(architecture.id, file, metadata),
    ...architecture.config(metadata),
  }
  const sources = tensorSources(file, architecture)
  const types: Record<string, number> = {}
  for (const { type } of file.tensors.values()) types[type] = (types[type] ?? 0) + 1
  let done = 0
  const folder: ModelFolder = {
    config: `${JSON.stringify({ ...config, dtype: torchName[dtype] }, null, 2)}\n`,
    generationConfig: null,
    tokenizerFiles: tokenizerFilesOf(file, metadata),
    modelCard: card(file, metadata, types, dtype),
    tensors: [...sources].map(([name, source]) => ({
      name,
      dtype,
      shape: file.tensors.get(source)?.shape ?? [],
    })),
    async read(name) {
      const source = sources.get(name) as string
      const values = await file.read(source)
      progress?.(++done, sources.size)
      return inHalves(source, values, architecture, config)
    },
  }
  await writeModelFolder(target, folder, { replace })
  return {
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
    const own = tensorName(name, architecture)
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

function inHalves(
  source: string,
  values: Float32Array,
  { interleaved }: GgufArchitecture,
  config: Readonly<Record<string, unknown>>,
): Float32Array {
  const part = /\.attn_([qk])\./.exec(source)?.[1]
  if (!interleaved || part === undefined) return values
  const heads = Number(part === 'q' ? config.num_attention_heads : config.num_key_value_heads)
  return separateHalves(values, heads, Number(config.head_dim))
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
