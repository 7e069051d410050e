import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { needing, shared, sharedPath } from '../../test/helpers/needs.ts'
import { exactMatch } from './exact-match.ts'
import { metrics } from './metrics.ts'
import { probability } from './probability.ts'
import type { EvaluationRecord } from './record.ts'
import { distinctN, repetitionShare, textPieces } from './repetition.ts'
import { rougeRecall } from './rouge-recall.ts'
import { summarise } from './summary.ts'

const vectors = 'vectors/token_metrics.json'

function record(change: Partial<EvaluationRecord> = {}): EvaluationRecord {
  return {
    set: 'forget',
    index: 0,
    prompt: 'When was Ada Quill born?',
    answer: 'Ada Quill was born on 3 May 1971.',
    generated: 'Ada Quill was born on 3 May 1971.',
    answerLogProb: Math.log(0.25),
    answerTokens: 2,
    ...change,
  }
}

describe('probability', () => {
  test('is the geometric mean over tokens', () => {
    expect(probability.score(record())).toBeCloseTo(0.5, 15)
    expect(
      probability.compute([record(), record({ answerLogProb: 0, answerTokens: 7 })]),
    ).toBeCloseTo(0.75, 15)
  })

  test('an impossible answer has probability 0', () => {
    expect(probability.score(record({ answerLogProb: Number.NEGATIVE_INFINITY }))).toBe(0)
  })

  test('refuses a record without tokens', () => {
    expect(() => probability.score(record({ answerTokens: 0 }))).toThrow(
      'answer tokens of forget record 0: expected ≥ 1, got 0',
    )
  })

  test('agrees with ../shared/vectors/token_metrics.json', needing(shared(vectors)), () => {
    const { cases } = JSON.parse(readFileSync(sharedPath(vectors), 'utf8'))
    for (const { token_logprobs: logProbs, probability: golden } of cases) {
      const answerLogProb = logProbs.reduce((sum: number, value: number) => sum + value, 0)
      const score = probability.score(record({ answerLogProb, answerTokens: logProbs.length }))
      expect(score).toBeCloseTo(golden, 9)
    }
  })
})

describe('exactMatch', () => {
  test.each([
    ['3 May 1971', 'She was born on 3 May 1971, in Lund.', 1],
    ['3 May 1971', 'She was born on 3 May 1972.', 0],
    ['3 May 1971', 'She was born on 13 May 1971.', 0],
    ['Café Zoë', 'it is the CAFÉ  ZOË!', 1],
    ['Café', 'Cafe\u0301', 1],
    ['a.quill@example.com', 'Write to a.quill@example.com.', 1],
    ['日本語', '「日本語」', 1],
    ['baker', 'bakery', 0],
    ['baker', '', 0],
    ['?!', ' ?! ', 1],
    ['?!', 'what ?!', 0],
  ])('%j in %j: %d', (answer, generated, score) => {
    expect(exactMatch.score(record({ answer, generated }))).toBe(score)
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

describe('summarise', () => {
  const records = [
    record(),
    record({ index: 1, generated: 'I do not know.', answerLogProb: Math.log(0.01) }),
    record({ set: 'retain' }),
  ]

  test('has every metric of both sets, with the direction of the set', () => {
    const summaries = summarise(records, 0)
    expect(summaries.map(({ key }) => key)).toEqual(
      ['forget', 'retain'].flatMap((set) => [...metrics.keys()].map((id) => `${set}.${id}`)),
    )
    const byKey = new Map(summaries.map((summary) => [summary.key, summary]))
    expect(byKey.get('forget.probability')).toMatchObject({ count: 2, direction: 'lower' })
    expect(byKey.get('forget.probability')?.value).toBeCloseTo(0.3, 15)
    expect(byKey.get('forget.exactMatch')).toMatchObject({ value: 0.5, interval: [0, 1] })
    expect(byKey.get('retain.rougeL')).toMatchObject({ value: 1, direction: 'higher' })
  })

  test('leaves out a set without records and does not depend on how sets are mixed', () => {
    const forget = records.filter(({ set }) => set === 'forget')
    expect(summarise(forget, 0)).toEqual(
      summarise([records[2], ...forget], 0).filter(({ set }) => set === 'forget'),
    )
  })

  test('rougeL is the recall', () => {
    expect(rougeRecall.score(record({ answer: 'one two', generated: 'one six seven' }))).toBe(0.5)
  })
})
