import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Tokenizer } from '@huggingface/tokenizers'
import { describe, expect, it, test } from 'vitest'
import { needing, shared, sharedPath } from '../../test/helpers/needs.ts'
import { UserError } from '../error.ts'
import { integer } from '../math/random.ts'
import { trainTokenizer } from './train-tokenizer.ts'

interface Golden {
  specialTokens: [string, string, string]
  texts: string[]
  cases: { vocabSize: number; merges: string[]; encoded: number[][] }[]
}
const golden: Golden = JSON.parse(
  readFileSync(new URL('../../test/golden/bpe/bpe.json', import.meta.url), 'utf8'),
)
const [bos, eos, pad] = golden.specialTokens

function trained(vocabSize: number) {
  const result = trainTokenizer({
    texts: golden.texts,
    vocabSize,
    specialTokens: { bos, eos, pad },
  })
  // What is read is what was written.
  const [json, config] = JSON.parse(JSON.stringify([result.tokenizer, result.tokenizerConfig]))
  return { ...result, encoder: new Tokenizer(json, config) }
}

describe('the same as Hugging Face BpeTrainer', () => {
  for (const { vocabSize, merges, encoded } of golden.cases) {
    test(`merges and ids at vocabulary ${vocabSize}`, () => {
      const { tokenizer, encoder } = trained(vocabSize)
      expect(tokenizer.model.merges).toEqual(merges)
      const texts = [...golden.texts, `${bos}unseen wörds${eos}`]
      expect(texts.map((text) => encoder.encode(text).ids)).toEqual(encoded)
    })
  }
})

test('merges by hand', () => {
  // Words: aab ×1, Ġaab ×2, Ġab ×1.
  const { tokenizer } = trainTokenizer({ texts: ['aab aab aab ab'], vocabSize: 260 })
  // Pairs: ab 4, aa 3, Ġa 3; then a·ab 3, Ġ·a 2, Ġ·ab 1; then Ġ·aab 2, Ġ·ab 1.
  expect(tokenizer.model.merges).toEqual(['a b', 'a ab', 'Ġ aab', 'Ġ ab'])
  expect(tokenizer.model.vocab.Ġab).toBe(259)
})

describe('round trip', () => {
  const { encoder } = trained(420)
  const back = (text: string) => encoder.decode(encoder.encode(text).ids)

  it.each([
    ['spaces', '  a  b\t\tc\n\n d   '],
    ['punctuation that clean-up would eat', "it 's , fine . n't ?"],
    ['scripts and emoji', 'Ærø Київ 東京 עברית 👩‍👩‍👧 e\u0301'],
    ['control characters', '\u0000\u0001\u007f\u0085\u00a0\u00ad\u2028\ufeff.'],
    ['special tokens', `${bos}a${eos}${pad}`],
    ['names of object members', '__proto__ constructor'],
  ])('%s', (_, text) => {
    expect(back(text)).toBe(text)
  })

  test('500 random texts over all of Unicode', () => {
    for (let n = 0; n < 500; n++) {
      const text = Array.from({ length: 1 + integer(1, ['length'], n, 40) }, (_, i) => {
        const plane = [128, 0x800, 0xd800, 0x110000][integer(1, ['plane', n], i, 4)]
        const point = integer(1, ['point', n], i, plane)
        return point >= 0xd800 && point < 0xe000 ? '?' : String.fromCodePoint(point)
      }).join('')
      expect(back(text)).toBe(text)
    }
  })
})

test('special tokens come first and are skipped by decoding', () => {
  const { tokenizer, tokenizerConfig, encoder } = trained(300)
  expect(tokenizer.added_tokens.map(({ id, content }) => [id, content])).toEqual([
    [0, bos],
    [1, eos],
    [2, pad],
  ])
  expect(tokenizerConfig).toMatchObject({ bos_token: bos, eos_token: eos, pad_token: pad })
  expect(encoder.decode(encoder.encode(`a${eos}`).ids, { skip_special_tokens: true })).toBe('a')
})

test('ids are 0 … vocabulary − 1, and no more than the texts can fill', () => {
  const { tokenizer } = trainTokenizer({ texts: ['abc'], vocabSize: 1000 })
  const ids = Object.values(tokenizer.model.vocab).sort((a, b) => a - b)
  expect(ids).toEqual(Array.from({ length: 258 }, (_, i) => i))
})

test('chat template is kept', () => {
  const chatTemplate = '{{ messages[0].content }}'
  const { tokenizerConfig } = trainTokenizer({ texts: [], vocabSize: 256, chatTemplate })
  expect(tokenizerConfig.chat_template).toBe(chatTemplate)
})

test('what cannot be is refused', () => {
  const train = (vocabSize: number, other: string[]) => () =>
    trainTokenizer({ texts: [], vocabSize, specialTokens: { other } })
  expect(train(257, ['<a>', '<b>'])).toThrow(
    new UserError({
      code: 'vocab-size',
      path: 'vocabSize',
      expected: 'special tokens + bytes = 2 + 256 = 258 or more, at most 2^26',
      got: '257',
    }),
  )
  expect(train(300, ['<a>', '<a>'])).toThrow('distinct tokens of two letters or more')
  expect(train(300, ['a'])).toThrow('distinct tokens of two letters or more')
})

test('TOFU full.json: merges as BpeTrainer', needing(shared('data/tofu')), () => {
  const texts = readFileSync(sharedPath('data/tofu/full.json'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .flatMap(({ question, answer }) => [question, answer])
  const { tokenizer } = trainTokenizer({
    texts,
    vocabSize: 4096,
    specialTokens: { bos, eos, pad },
  })
  // Printed by reference/make_bpe_goldens.py ../shared/data/tofu/full.json 4096, tokenizers 0.23.3.
  const digest = createHash('sha256').update(tokenizer.model.merges.join('\n')).digest('hex')
  expect([tokenizer.model.merges.length, digest]).toEqual([
    3837,
    '33fae22b14f86dd542c1617e3469e6edcf6ca7be6565940a7d77d07f3c5da4c6',
  ])
})
