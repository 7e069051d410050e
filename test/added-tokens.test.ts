import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openTokenizer } from '../src/checkpoint/tokenizer.ts'
import { TinyFolder } from './helpers/tiny-folder.ts'

interface Golden {
  texts: string[]
  cases: { flags: Record<string, boolean>; ids: number[][] }[]
}

const golden = new URL('./golden/added-tokens.json', import.meta.url)
const { texts, cases }: Golden = JSON.parse(readFileSync(golden, 'utf8'))
const shown = (flags: Record<string, boolean>) =>
  Object.keys(flags)
    .filter((flag) => flags[flag])
    .join(', ')

test.each(cases.map((one) => ({ ...one, name: shown(one.flags) })))(
  'an added token with the flags [$name] is found where tokenizers finds it',
  async ({ flags, ids }) => {
    const folder = new TinyFolder()
      .edit('tokenizer.json', (value) =>
        value.added_tokens.push({ id: 2048, content: '<t>', ...flags }),
      )
      .edit('config.json', (value) => {
        value.vocab_size = 2049
      })
    const tokenizer = await openTokenizer(folder.source())
    const found = texts.map((text) => [...tokenizer.encode(text, { addSpecialTokens: false })])
    expect(found).toEqual(ids)
  },
)
