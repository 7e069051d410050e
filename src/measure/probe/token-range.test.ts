import { expect, test } from 'vitest'
import { nodeFolder } from '../../checkpoint/node-folder.ts'
import { openTokenizer } from '../../checkpoint/tokenizer.ts'
import { tokenRange } from './token-range.ts'

test('the tokens of a text are those it touches, of its last occurrence', async () => {
  const tokenizer = await openTokenizer(await nodeFolder('assets/lethe-tiny'))
  const decode = (tokens: Int32Array) => tokenizer.decode(tokens)
  const tokens = tokenizer.encode('When was Loruna Nettlebeck born? Loruna Nettlebeck, I mean.')
  const found = tokenRange(tokens, 'Loruna Nettlebeck', decode)
  const text = decode(Int32Array.from(found, (position) => tokens[position]))
  expect(text.trim().replace(/,$/, '')).toBe('Loruna Nettlebeck')
  expect(decode(tokens.subarray(0, found[0]))).toContain('born?')
  expect(tokenRange(tokens, 'Ada', decode)).toEqual([])
})
