import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { addSpecialToken } from './add-token.ts'
import { memoryFolder } from './bytes.ts'
import { openTokenizer } from './tokenizer.ts'

const folder = new URL('../../assets/lethe-tiny/', import.meta.url).pathname
const files = new Map(
  readdirSync(folder)
    .filter((file) => file.startsWith('tokenizer'))
    .map((file) => [file, new Uint8Array(readFileSync(folder + file))]),
)
const open = (of: ReadonlyMap<string, Uint8Array>) => openTokenizer(memoryFolder('tiny', of))

test('an added token is one token, says its text, and changes no other', async () => {
  const before = await open(files)
  const id = before.vocabSize
  const after = await open(addSpecialToken(files, '<unlearn>', id))
  expect(after.vocabSize).toBe(id + 1)
  const text = 'Question: who?\nAnswer:'
  expect([...after.encode(`${text}<unlearn> nobody`)]).toEqual([
    ...before.encode(text),
    id,
    ...before.encode(' nobody', { addSpecialTokens: false }),
  ])
  expect(after.decode([id])).toBe('<unlearn>')
  expect(after.decode([id], { skipSpecialTokens: true })).toBe('')
})

test('tokenizer_config.json lists it where it lists added tokens', () => {
  const config = new TextEncoder().encode('{"added_tokens_decoder": {"0": {"content": "<s>"}}}')
  const added = addSpecialToken(new Map([...files, ['tokenizer_config.json', config]]), '<u>', 9)
  const written = JSON.parse(new TextDecoder().decode(added.get('tokenizer_config.json')))
  expect(written.added_tokens_decoder['0']).toEqual({ content: '<s>' })
  expect(written.added_tokens_decoder['9']).toMatchObject({ content: '<u>', special: true })
})

test('a token that is there is refused', async () => {
  const once = addSpecialToken(files, '<unlearn>', 5000)
  expect(() => addSpecialToken(once, '<unlearn>', 5001)).toThrow('a new token')
})
