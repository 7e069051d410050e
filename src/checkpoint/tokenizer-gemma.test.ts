import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { nodeFolder } from './node-folder.ts'
import { openTokenizer } from './tokenizer.ts'

// Written by transformers 5.24, GemmaTokenizer(vocab, merges).save_pretrained; ids by the same.
test('the tokenizer that transformers writes for Gemma: its split at spaces never finds one', async () => {
  const folder = fileURLToPath(new URL('../../test/golden/tokenizer-gemma', import.meta.url))
  const tokenizer = await openTokenizer(await nodeFolder(folder))
  const right = [294, 288, 278, 282, 270, 299, 288, 298, 276, 284, 275, 288, 267, 276, 285]
  expect([...tokenizer.encode('The quick brown fox')]).toEqual(right)
  expect([...tokenizer.encode('The quick brown fox ')]).toEqual([...right, 288])
  expect(tokenizer.decode(right)).toBe('The quick brown fox')
})
