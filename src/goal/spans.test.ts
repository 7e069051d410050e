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
