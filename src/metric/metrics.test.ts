import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { needing, shared, sharedPath } from '../../test/helpers/needs.ts'
import { containsAnswer } from './exact-match.ts'
import { answerProbability } from './probability.ts'
import { distinctN, repetitionShare, textPieces } from './repetition.ts'

const vectors = 'vectors/token_metrics.json'

describe('answerProbability', () => {
  test('is the geometric mean over tokens', () => {
    expect(answerProbability([Math.log(0.5), Math.log(0.5)])).toBeCloseTo(0.5, 15)
    expect(answerProbability([Math.log(0.25), 0])).toBeCloseTo(0.5, 15)
  })

  test('an impossible answer has probability 0', () => {
    expect(answerProbability([-1, Number.NEGATIVE_INFINITY])).toBe(0)
  })

  test('refuses an answer without tokens', () => {
    expect(() => answerProbability([])).toThrow('answer tokens: expected ≥ 1, got 0')
  })

  test('agrees with ../shared/vectors/token_metrics.json', needing(shared(vectors)), () => {
    const { cases } = JSON.parse(readFileSync(sharedPath(vectors), 'utf8'))
    for (const { token_logprobs: logProbs, probability } of cases)
      expect(answerProbability(logProbs)).toBeCloseTo(probability, 9)
  })
})

describe('containsAnswer', () => {
  test.each([
    ['3 May 1971', 'She was born on 3 May 1971, in Lund.', true],
    ['3 May 1971', 'She was born on 3 May 1972.', false],
    ['3 May 1971', 'She was born on 13 May 1971.', false],
    ['Café Zoë', 'it is the CAFÉ  ZOË!', true],
    ['Café', 'Cafe\u0301', true],
    ['a.quill@example.com', 'Write to a.quill@example.com.', true],
    ['日本語', '「日本語」', true],
    ['baker', 'bakery', false],
    ['baker', '', false],
    ['?!', ' ?! ', true],
    ['?!', 'what ?!', false],
  ])('%j in %j: %j', (answer, generated, contained) => {
    expect(containsAnswer(answer, generated)).toBe(contained)
  })
})

describe('repetition', () => {
  test('counts n-grams', () => {
    expect(distinctN([1, 2, 1, 2, 1], 2)).toBe(2 / 4)
    expect(repetitionShare([5, 5, 5, 5, 5, 5, 5, 5])).toBe(1 - 1 / 5)
    expect(repetitionShare(['a', 'b', 'c', 'd', 'e'])).toBe(0)
  })

  test('does not confuse tokens that join to the same text', () => {
    expect(distinctN(['1', '12', '11', '2'], 2)).toBe(1)
  })

  test('too short to repeat', () => {
    expect(repetitionShare([])).toBe(0)
    expect(repetitionShare([1, 1, 1])).toBe(0)
  })

  test('sees loops of punctuation', () => {
    expect(textPieces('No!!! 你好')).toEqual(['No', '!', '!', '!', '你好'])
  })
})
