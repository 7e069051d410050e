import { expect, test } from 'vitest'
import type { Example } from '../data/example.ts'
import { fakeTokenizer } from '../data/testing/fake-tokenizer.ts'
import { tokensOfSpans } from './spans.ts'

const tokenizer = fakeTokenizer()

function example(prompt: string, answer: string): Example {
  const [before, after] = [prompt, answer].map((text) => tokenizer.encode(text))
  const tokens = Int32Array.from([...before, ...after])
  const promptLength = before.length
  const trained = Uint8Array.from(tokens, (_, place) => (place < promptLength ? 0 : 1))
  const origin = { file: 'f', line: 1 }
  return { index: 0, tokens, trained, promptLength, prompt, answer, origin, truncatedTokens: 0 }
}

test('tokens of the spans, and no others', () => {
  const text = 'in Rome or Athens'
  const asked = example('Where? ', text)
  const mask = tokensOfSpans(asked, tokenizer, [[3, 7]])
  const answer = asked.tokens.subarray(asked.promptLength)
  const chosen = [...answer].filter((_, place) => mask[place] === 1)
  expect(chosen.map((token) => tokenizer.tokenText(token))).toEqual([' Rome'])
})

test('no span, no token', () => {
  expect([...tokensOfSpans(example('Where? ', 'Rome'), tokenizer, [])]).not.toContain(1)
})

test('a long text is decoded piece by piece to the same tokens as whole', () => {
  const words = ['né', '😀', 'Rome', ' or', '\n', 'a', '…', ' Athens']
  const text = Array.from({ length: 120 }, (_, i) => words[(i * i + (i >> 3)) % words.length]).join(
    '',
  )
  const asked = example('Where? ', text)
  for (const [start, end] of [
    [0, 3],
    [101, 105],
    [200, 230],
    [text.length - 1, text.length],
  ] as const) {
    const mask = tokensOfSpans(asked, tokenizer, [[start, end]])
    let from = 0
    const slow = [...asked.tokens.keys()].slice(asked.promptLength).map((place) => {
      const decoded = tokenizer.decode(asked.tokens.subarray(asked.promptLength, place + 1))
      const grown = [...decoded].findIndex((_, i) => !text.startsWith(decoded.slice(0, i + 1)))
      const to = grown < 0 ? decoded.length : [...decoded].slice(0, grown).join('').length
      const has = start < Math.max(from, to) && end > from
      from = Math.max(from, to)
      return has ? 1 : 0
    })
    expect([...mask]).toEqual(slow)
  }
})
