import { expect, test } from 'vitest'
import { memoryFolder } from '../checkpoint/bytes.ts'
import { nodeFolder } from '../checkpoint/node-folder.ts'
import { openTokenizer } from '../checkpoint/tokenizer.ts'
import { problemsOf } from '../files/testing/problems-of.ts'
import { checkTexts } from './check-texts.ts'
import { metadataReader } from './metadata.ts'
import { tokenizerFilesOf } from './tokenizer-files.ts'
import { tokenizerMetadata, type WrittenTokenizer } from './tokenizer-metadata.ts'

const root = new URL('../../', import.meta.url).pathname

async function written(folder: string, rows = 0): Promise<WrittenTokenizer> {
  const tokenizer = await openTokenizer(await nodeFolder(root + folder))
  const own = { folder, tokenizer, config: {}, generation: null }
  return { ...own, rows: Math.max(rows, tokenizer.vocabSize) }
}

test.each([
  ['test/golden/tokenizer', 'gpt2', 'llama-bpe'],
  ['assets/lethe-tiny', 'gpt2', 'gpt-2'],
  ['test/golden/tokenizer-gemma', 'llama', 'default'],
  ['test/golden/tokenizer-metaspace/normalizer', 'llama', 'default'],
  ['test/golden/tokenizer-metaspace/metaspace', 'llama', 'default'],
])('%s is written and read back', async (folder, model, pre) => {
  const own = await written(folder, 1000)
  const metadata = await tokenizerMetadata(own)
  expect(metadata['tokenizer.ggml.model'].value).toBe(model)
  expect(metadata['tokenizer.ggml.pre'].value).toBe(pre)
  expect(metadata['tokenizer.ggml.tokens'].value).toHaveLength(own.rows)
  const values = Object.fromEntries(
    Object.entries(metadata).map(([key, { value }]) => [key, value]),
  )
  const files = tokenizerFilesOf(folder, values, metadataReader(folder, values))
  const back = await openTokenizer(memoryFolder(folder, files))
  for (const text of [...checkTexts, '', 'a', 'a  ', '<bos>a<eos>', 'Hello.  World\n\n'])
    for (const addSpecialTokens of [true, false]) {
      const [made, original] = [back, own.tokenizer].map((each) =>
        each.encode(text, { addSpecialTokens }),
      )
      expect(made, text).toEqual(original)
      expect(back.decode(made), text).toBe(own.tokenizer.decode(original))
    }
})

test('a tokenizer that llama.cpp has no word for is refused', async () => {
  const own = await written('assets/lethe-tiny')
  const json = JSON.parse(new TextDecoder().decode(own.tokenizer.files.get('tokenizer.json')))
  json.pre_tokenizer = { type: 'Whitespace' }
  const files = new Map([
    ...own.tokenizer.files,
    ['tokenizer.json', new TextEncoder().encode(JSON.stringify(json))],
  ] as const)
  const tokenizer = await openTokenizer(memoryFolder('other', files))
  expect(await problemsOf(() => tokenizerMetadata({ ...own, tokenizer }))).toMatchObject([
    { code: 'unsupported-tokenizer' },
  ])
})
