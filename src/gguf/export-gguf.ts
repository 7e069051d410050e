import { stat } from 'node:fs/promises'
import type { Checkpoint } from '../checkpoint/folder.ts'
import { modelName } from '../checkpoint/model-name.ts'
import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import { UserError } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import type { LanguageModel } from '../model/model.ts'
import type { GgufArchitecture, Heads } from './architecture/gguf-architecture.ts'
import { ggufArchitectures } from './architecture/gguf-architectures.ts'
import type { WrittenBlockType } from './block-types/block-type.ts'
import { f16, f32 } from './block-types/floats.ts'
import { q8_0 } from './block-types/q8-0.ts'
import { generalMetadata } from './general-metadata.ts'
import { ggufBytes, valuesOf, type WrittenTensor } from './gguf-bytes.ts'
import { ggufName } from './tensor-names.ts'
import { tokenizerMetadata } from './tokenizer-metadata.ts'
import { type TypedMetadata, text, uint32 } from './typed-values.ts'

/** What a GGUF file may hold its matrices as: the type, and the number by which a file names it. */
export const ggufTypes = {
  f16: { block: f16, fileType: 1 },
  q8_0: { block: q8_0, fileType: 7 },
} as const

export type GgufType = keyof typeof ggufTypes

/** What came of an export. */
export interface ExportedGguf {
  readonly path: string
  readonly architecture: string
  readonly bytes: number
  /** how many tensors are stored in each block type */
  readonly types: Readonly<Record<string, number>>
}

/** A model folder, opened. */
export interface OpenFolder {
  readonly model: LanguageModel
  readonly checkpoint: Checkpoint
}

/**
 * Writes an opened model as one GGUF file, with the metadata and in the layout that llama.cpp's own converter gives it. Memory: one
 * tensor.
 *
 * @param options.card README.md of the folder; null: none
 * @throws UserError for a family, an option or a tokenizer that llama.cpp does not know, and for a target that is there while
 *   `replace` is off
 */
export async function exportGguf(
  opened: OpenFolder & { readonly tokenizer: Tokenizer },
  options: {
    readonly card: string | null
    readonly target: string
    readonly type: GgufType
    readonly replace: boolean
  },
): Promise<ExportedGguf> {
  const { model, checkpoint, tokenizer } = opened
  const { card, target, type, replace } = options
  if (!replace && (await stat(target).catch(() => null)))
    throw new UserError({
      code: 'output-exists',
      path: target,
      expected: 'nothing there yet',
      got: 'a file',
      hint: 'Choose another place, or ask for it to be replaced.',
    })
  const { own, tensors } = ggufContent(opened, { card, type })
  const { config, generationConfig: generation, name: folder } = checkpoint
  const vocabulary = { folder, tokenizer, config, generation, rows: model.vocab }
  const tokens = await tokenizerMetadata(vocabulary)
  const architecture = String(own['general.architecture'].value)
  const name = telling(
    modelName(folder),
    architecture === 'phi3',
    tokens['tokenizer.ggml.tokens'].value as string[],
  )
  const metadata = { ...own, 'general.name': text(name), ...tokens }
  await writeFileAtomic(target, ggufBytes(metadata, tensors))
  const types: Record<string, number> = {}
  for (const { type } of tensors) types[type.name] = (types[type.name] ?? 0) + 1
  const { size: bytes } = await stat(target)
  return { path: target, architecture, bytes, types }
}

/**
 * What a file holds of a model besides its vocabulary.
 *
 * Norms, biases and other vectors stay float32, and a matrix whose rows are no multiple of a block is float16, as llama.cpp's converter
 * has it.
 *
 * @throws UserError for a family or an option that llama.cpp does not know
 * Source: llama.cpp, conversion/base.py (`ModelBase.prepare_tensors`)
 */
export function ggufContent(
  { model, checkpoint }: OpenFolder,
  { card, type }: { readonly card: string | null; readonly type: GgufType },
): { readonly own: TypedMetadata; readonly tensors: readonly WrittenTensor[] } {
  const { config, generationConfig: generation, name: folder } = checkpoint
  const written = { path: `${folder}/config.json`, config, model }
  const architecture = architectureOf(written.path, model.modelType)
  const { block, fileType } = ggufTypes[type]
  const family = architecture.metadata(written)
  const tensors = [
    ...(architecture.extraTensors?.(written) ?? []),
    ...modelTensors(model, checkpoint, architecture, block),
  ]
  const parameters = tensors.reduce((sum, { shape }) => sum + valuesOf(shape), 0)
  const general = { architecture: architecture.id, name: modelName(folder), parameters }
  const own = {
    ...generalMetadata({ ...general, card, generation }),
    ...family,
    'general.file_type': uint32(fileType),
    'general.quantization_version': uint32(2),
  }
  return { own, tensors }
}

const phi3Tokens = ['</s>', '<unk>', '<s>', '<|endoftext|>']

/**
 * A name by which llama.cpp treats special tokens as the model does: in a model whose name has `phi-3` in it it takes the spaces after
 * them away, as Phi 3's tokenizer does, and does not open one that lacks four of its tokens.
 *
 * Source: llama.cpp, src/llama-vocab.cpp (attributes by model name)
 */
function telling(name: string, isFamily: boolean, tokens: readonly string[]): string {
  const isPhi3 = isFamily && phi3Tokens.every((token) => tokens.includes(token))
  if (!isPhi3) return name.replace(/(phi)-?3/gi, '$1 3')
  return /phi-?3/i.test(name) ? name : `${name}, of Phi-3`
}

function architectureOf(path: string, modelType: string): GgufArchitecture {
  const all = [...ggufArchitectures.values()]
  const found = all.find(({ modelTypes }) => modelTypes.includes(modelType))
  if (found) return found
  throw new UserError({
    code: 'unsupported-export',
    path: `${path}: model_type`,
    expected: `a family that is written as GGUF: ${all.flatMap(({ modelTypes }) => modelTypes).join(', ')}`,
    got: modelType,
    hint: "The model folder is complete: llama.cpp's convert_hf_to_gguf.py may know the family.",
  })
}

function modelTensors(
  model: LanguageModel,
  checkpoint: Checkpoint,
  architecture: GgufArchitecture,
  block: WrittenBlockType,
): WrittenTensor[] {
  const heads = headsOf(checkpoint, model)
  return [...model.parameters].map(([source, shape]) => {
    const name = ggufName(source, architecture.names)
    if (name === null) throw new Error(`internal: ${architecture.id} has no name for ${source}`)
    return {
      name,
      shape,
      type: typeOf(name, shape, block),
      async read() {
        const values = await checkpoint.read(source)
        return architecture.conversion(name, heads)?.write(values) ?? values
      },
    }
  })
}

function headsOf({ config }: Checkpoint, model: LanguageModel): Heads {
  const { keyValueHeads: keys, headDim: dim } = model
  return { queries: Number(config.num_attention_heads ?? config.n_head), keys, dim }
}

function typeOf(name: string, shape: readonly number[], block: WrittenBlockType): WrittenBlockType {
  if (shape.length < 2 || name === 'position_embd.weight') return f32
  return (shape.at(-1) as number) % block.blockValues === 0 ? block : f16
}
