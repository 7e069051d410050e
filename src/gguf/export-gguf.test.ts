import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect, test } from 'vitest'
import { roundValues } from '../checkpoint/dtype.ts'
import { openCheckpoint } from '../checkpoint/folder.ts'
import { nodeFolder } from '../checkpoint/node-folder.ts'
import { openTokenizer } from '../checkpoint/tokenizer.ts'
import { problemsOf } from '../files/testing/problems-of.ts'
import { temporaryFolder } from '../files/testing/temporary-folder.ts'
import { buildModel } from '../model/architectures.ts'
import { checkTexts } from './check-texts.ts'
import { exportGguf, type GgufType, ggufContent } from './export-gguf.ts'
import { ggufBytes } from './gguf-bytes.ts'
import { openGguf } from './gguf-file.ts'
import { importGguf } from './import-gguf.ts'
import { nameless, smallModels } from './testing/small-models.ts'

const golden = new URL('../../test/golden/', import.meta.url).pathname

async function open(path: string, changes: object = {}) {
  const read = await openCheckpoint(await nodeFolder(path))
  const checkpoint = { ...read, config: { ...read.config, ...changes } }
  return { checkpoint, model: buildModel(checkpoint.config, `${path}/config.json`) }
}

/** Keys of config.json that a file has no word for, or says in another way. */
const otherwise = new Set([
  ...['model_type', 'architectures', 'dtype', 'bos_token_id', 'eos_token_id', 'layer_types'],
  ...['rope_theta', 'rope_scaling', 'max_position_embeddings', 'sliding_window'],
])

test.each(Object.entries(smallModels))(
  '%s comes back with its weights and its shape',
  (name, changes) =>
    temporaryFolder(async (folder) => {
      const { checkpoint, model } = await open(join(golden, name), changes)
      const { own, tensors } = ggufContent({ checkpoint, model }, { card: null, type: 'f16' })
      const path = join(folder, 'model.gguf')
      const bytes = ggufBytes({ ...own, ...nameless(model.vocab) }, tensors)
      await pipeline(Readable.from(bytes), createWriteStream(path))
      const target = join(folder, 'model')
      await importGguf({ path, target, dtype: 'F32', replace: false })

      const made = await open(target)
      expect(made.model.parameters).toEqual(model.parameters)
      for (const [tensor, shape] of model.parameters) {
        const values = await checkpoint.read(tensor)
        if (shape.length > 1) roundValues(values, 'F16')
        const back = await made.checkpoint.read(tensor)
        // Gemma's norms are stored as 1 + weight.
        if (name.startsWith('gemma') && shape.length === 1) {
          values.forEach((value, i) => {
            expect(back[i], tensor).toBeCloseTo(value, 6)
          })
        } else expect(back, tensor).toEqual(values)
      }
      const context = made.model.maxPositions
      expect(made.model.rotaryTables(context)).toEqual(model.rotaryTables(context))
      for (const [key, value] of Object.entries(checkpoint.config))
        if (key in made.checkpoint.config && !otherwise.has(key))
          expect(made.checkpoint.config[key] ?? null, key).toEqual(value ?? null)
    }),
)

async function exported(name: string, type: GgufType, folder: string) {
  const path = join(golden, name)
  const tokenizer = await openTokenizer(await nodeFolder(path), { now: new Date(0) })
  const target = join(folder, `${name}.gguf`)
  const options = { card: '---\nlicense: mit\n---\n', target, type, replace: false }
  return { tokenizer, exported: await exportGguf({ ...(await open(path)), tokenizer }, options) }
}

test('a tokenizer comes back with its tokens, its special tokens and its template', () =>
  temporaryFolder(async (folder) => {
    const { tokenizer, exported: file } = await exported('llama-text', 'f16', folder)
    const target = join(folder, 'model')
    await importGguf({ path: file.path, target, dtype: 'F32', replace: false })
    const made = await openTokenizer(await nodeFolder(target), { now: new Date(0) })
    for (const sample of [...checkTexts, '<|eos|> then <|bos|>', ''])
      expect(made.encode(sample), sample).toEqual(tokenizer.encode(sample))
    expect([made.bosToken, made.eosToken, made.padToken]).toEqual([
      tokenizer.bosToken,
      tokenizer.eosToken,
      tokenizer.padToken,
    ])
    const chat = [{ role: 'user', content: 'Who?' }]
    const prompt = { addGenerationPrompt: true }
    expect(made.applyChatTemplate(chat, prompt)).toBe(tokenizer.applyChatTemplate(chat, prompt))
  }))

test('a name that llama.cpp takes for Phi 3 is changed where it is none', () =>
  temporaryFolder(async (folder) => {
    const { tokenizer } = await exported('llama-text', 'f16', folder)
    const opened = await open(join(golden, 'llama-text'))
    const checkpoint = { ...opened.checkpoint, name: 'runs/phi3-takedown/model' }
    const target = join(folder, 'other.gguf')
    const options = { card: null, target, type: 'f16', replace: false } as const
    await exportGguf({ ...opened, checkpoint, tokenizer }, options)
    expect((await openGguf(target)).metadata['general.name']).toBe('phi 3-takedown')
  }))

test('Q8_0 keeps vectors as they are, and rows that no block divides as F16', () =>
  temporaryFolder(async (folder) => {
    const { exported: file } = await exported('llama-text', 'q8_0', folder)
    // Rows of the feed-forward's second matrix have 48 values.
    expect(file.types).toEqual({ Q8_0: 13, F16: 2, F32: 5 })
    const { tensors, metadata } = await openGguf(file.path)
    expect(tensors.get('blk.0.ffn_down.weight')).toEqual({ shape: [32, 48], type: 'F16' })
    expect(tensors.get('blk.0.attn_norm.weight')).toEqual({ shape: [32], type: 'F32' })
    expect(metadata).toMatchObject({
      'general.architecture': 'llama',
      'general.license': 'mit',
      'general.file_type': 7,
      'general.size_label': '26K',
      'llama.rope.dimension_count': 8,
      'tokenizer.ggml.pre': 'llama-bpe',
      'tokenizer.ggml.add_bos_token': true,
    })
    expect(file.bytes).toBe((await readFile(file.path)).length)
  }))

test('a file that is there is kept unless asked otherwise', () =>
  temporaryFolder(async (folder) => {
    const { exported: file } = await exported('llama-text', 'f16', folder)
    const before = await readFile(file.path)
    expect(await problemsOf(() => exported('llama-text', 'q8_0', folder))).toMatchObject([
      { code: 'output-exists', path: file.path },
    ])
    expect(await readFile(file.path)).toEqual(before)
  }))

test('a window of Mistral ends the context of its file', async () => {
  const opened = await open(join(golden, 'mistral-sliding'))
  const { own } = ggufContent(opened, { card: null, type: 'f16' })
  expect(own['llama.context_length'].value).toBe(4)
})

test.each(['gemma2-capped', 'gemma3-local', 'smollm3-nope'])(
  'what llama.cpp takes for granted and %s has otherwise is refused',
  async (name) => {
    const opened = await open(join(golden, name))
    expect(
      await problemsOf(async () => ggufContent(opened, { card: null, type: 'f16' })),
    ).toMatchObject([{ code: 'unsupported-export' }])
  },
)

test('a family that is not written is refused', async () => {
  const opened = await open(join(golden, 'gpt2-tied'))
  expect(
    await problemsOf(async () => ggufContent(opened, { card: null, type: 'f16' })),
  ).toMatchObject([{ code: 'unsupported-export', got: 'gpt2' }])
})
