import { basename, dirname } from 'node:path'
import { gguf } from '@huggingface/gguf'
import { nodeFolder } from '../checkpoint/node-folder.ts'
import { UserError } from '../error.ts'
import { blockTypes } from './block-types/block-types.ts'
import { exactTexts } from './exact-texts.ts'
import type { Metadata } from './metadata.ts'

/** Where Llama 3's factors of its frequencies are. */
export const ropeFactorsTensor = 'rope_freqs.weight'
/** Where LongRoPE's are, for texts within the original context and for longer ones. */
export const longRopeTensors = {
  short_factor: 'rope_factors_short.weight',
  long_factor: 'rope_factors_long.weight',
} as const
/** Tensors that are no weights: what they say goes into config.json. */
export const positionTensors: readonly string[] = [
  ropeFactorsTensor,
  ...Object.values(longRopeTensors),
]

const textLists = ['tokenizer.ggml.tokens', 'tokenizer.ggml.merges']

/** A tensor of a GGUF file. */
export interface GgufTensor {
  /** outermost axis first, as in a Hugging Face folder; GGUF writes it innermost first */
  readonly shape: readonly number[]
  /** `Q4_K` */
  readonly type: string
}

/** A GGUF file, open for reading. */
export interface GgufFile {
  readonly path: string
  readonly metadata: Metadata
  readonly tensors: ReadonlyMap<string, GgufTensor>
  /** A whole tensor as float32. Memory: the tensor, stored and read. */
  read(name: string): Promise<Float32Array>
}

/**
 * Opens a GGUF file; no weights are read yet.
 *
 * @throws UserError for a file that is none, is cut, is one of several parts, or holds block types that are not read
 */
export async function openGguf(path: string): Promise<GgufFile> {
  const source = await (await nodeFolder(dirname(path))).open(basename(path))
  const parsed = await gguf(path, { allowLocalFile: true }).catch((error: unknown) => {
    throw new UserError({
      code: 'invalid-gguf',
      path,
      expected: 'a GGUF file of version 2 or 3',
      got: error instanceof Error ? error.message : String(error),
    })
  })
  const head = await source.read(0, Math.min(Number(parsed.tensorDataOffset), source.size))
  const metadata: Metadata = Object.fromEntries(
    Object.entries(parsed.metadata).map(([key, value]) => [
      key,
      textLists.includes(key) && Array.isArray(value) ? exactTexts(head, key, value) : value,
    ]),
  )
  if (Number(metadata['split.count'] ?? 1) > 1)
    throw new UserError({
      code: 'split-gguf',
      path,
      expected: 'one file with all tensors',
      got: `one of ${metadata['split.count']} parts`,
      hint: 'llama.cpp joins them: llama-gguf-split --merge <first part> <whole>',
    })
  const places = new Map(
    parsed.tensorInfos.map(({ name, shape, dtype, offset }) => {
      const axes = shape.map(Number).reverse()
      const size = axes.reduce((product, length) => product * length, 1)
      const start = Number(parsed.tensorDataOffset) + Number(offset)
      return [name, { axes, size, start, type: dtype as number }] as const
    }),
  )
  const unread = [...places].filter(([, { type }]) => !blockTypes.has(type))
  if (unread.length > 0)
    throw new UserError({
      code: 'unsupported-blocks',
      path: `${path}: ${unread[0][0]}`,
      expected: `a type of ${[...blockTypes.values()].map(({ name }) => name).join(', ')}`,
      got: `type ${unread[0][1].type}, in ${unread.length} of ${places.size} tensors`,
      hint: 'Take another file of the same model: Q8_0, or F16.',
    })
  return {
    path,
    metadata,
    tensors: new Map(
      [...places].map(([name, { axes, type }]) => [
        name,
        { shape: axes, type: blockTypes.get(type)?.name ?? '' },
      ]),
    ),
    async read(name) {
      const place = places.get(name)
      const block = place && blockTypes.get(place.type)
      if (!place || !block) throw new Error(`internal: no tensor ${name}`)
      const values = new Float32Array(place.size)
      const byteLength = (place.size / block.blockValues) * block.blockBytes
      block.decode(await source.read(place.start, byteLength), values)
      return values
    },
  }
}
