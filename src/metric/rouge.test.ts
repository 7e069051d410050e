import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { needing, shared, sharedPath } from '../../test/helpers/needs.ts'
import { type RougeScore, rouge1, rougeL, rougeTokens } from './rouge.ts'

const golden = JSON.parse(
  readFileSync(new URL('../../test/golden/rouge.json', import.meta.url), 'utf8'),
)

describe('rouge', () => {
  test('closed form: two of three words kept in order', () => {
    // LCS(test one two, test two) = 2: recall 2/3, precision 2/2, f = 2·1·(2/3)/(5/3).
    expect(rougeL('testing one two', 'testing two')).toEqual({
      precision: 1,
      recall: 2 / 3,
      f: 0.8,
    })
  })

  test('order counts for ROUGE-L and not for ROUGE-1', () => {
    expect(rougeL('one two three four', 'four three two one').recall).toBe(1 / 4)
    expect(rouge1('one two three four', 'four three two one').recall).toBe(1)
  })

  test('a word counts at most as often as the reference has it', () => {
    expect(rouge1('a a b', 'a a a a')).toEqual({
      precision: 2 / 4,
      recall: 2 / 3,
      f: (2 * 0.5 * (2 / 3)) / (0.5 + 2 / 3),
    })
  })

  test('texts without words score 0', () => {
    const zero = { precision: 0, recall: 0, f: 0 }
    for (const [reference, candidate] of [
      ['', 'something'],
      ['something', ''],
      ['...', '!!!'],
    ] as const) {
      expect(rougeL(reference, candidate)).toEqual(zero)
      expect(rouge1(reference, candidate)).toEqual(zero)
    }
  })

  test('stems only words longer than three letters', () => {
    expect(rougeTokens('His cats, running: yes')).toEqual(['his', 'cat', 'run', 'yes'])
  })

  test('agrees with rouge_score 0.1.2 and nltk on test/golden/rouge.json', () => {
    expect(golden.order).toEqual(['recall', 'precision', 'f'])
    expect(golden.pairs.length).toBeGreaterThan(50)
    for (const { reference, candidate, stemmed } of golden.pairs)
      for (const [id, score] of [
        ['rouge1', rouge1(reference, candidate)],
        ['rougeL', rougeL(reference, candidate)],
      ] as const) {
        const [recall, precision, fmeasure] = stemmed[id]
        expectClose(score, { recall, precision, fmeasure }, 1e-12, `${reference} | ${candidate}`)
      }
  })

  test(
    'agrees with rouge_score on ../shared/vectors/rouge.json',
    needing(shared('vectors/rouge.json')),
    () => {
      const { cases, tolerance } = JSON.parse(
        readFileSync(sharedPath('vectors/rouge.json'), 'utf8'),
      )
      expect(cases.length).toBeGreaterThan(30)
      for (const { id, reference, candidate, stem_true: scores, ...tokens } of cases) {
        expect(rougeTokens(reference), id).toEqual(tokens.tokens_ref_stemmed)
        expect(rougeTokens(candidate), id).toEqual(tokens.tokens_cand_stemmed)
        expectClose(rouge1(reference, candidate), scores.rouge1, tolerance, id)
        expectClose(rougeL(reference, candidate), scores.rougeL, tolerance, id)
      }
    },
  )
})

function expectClose(
  got: RougeScore,
  golden: { precision: number; recall: number; fmeasure: number },
  tolerance: number,
  id: string,
) {
  expect(Math.abs(got.precision - golden.precision), id).toBeLessThanOrEqual(tolerance)
  expect(Math.abs(got.recall - golden.recall), id).toBeLessThanOrEqual(tolerance)
  expect(Math.abs(got.f - golden.fmeasure), id).toBeLessThanOrEqual(tolerance)
}

test('words of other scripts, where asked for', () => {
  const words = 'unicode'
  expect(rougeTokens('Он родился в Києві, 1999', { words })).toEqual([
    'он',
    'родился',
    'в',
    'києві',
    '1999',
  ])
  expect(rougeTokens('他出生在 Beijing', { words })).toEqual(['他', '出', '生', '在', 'beij'])
  expect(rougeTokens('naïve Running', { words })).toEqual(['naïve', 'run'])
  expect(rougeTokens('हिन्दी العربية', { words })).toEqual(['हिन्दी', 'العربية'])
  expect(rougeTokens('สวัสดี', { words }).length).toBeGreaterThan(1)
  expect(rougeTokens('カタカナ', { words })).toEqual(['カ', 'タ', 'カ', 'ナ'])
  const text = '他出生在北京市海淀区'
  expect(rougeL(text, text).recall).toBe(0)
  expect(rougeL(text, text, { words }).recall).toBe(1)
  expect(rougeL(text, '他出生在上海', { words }).recall).toBeCloseTo(5 / 10)
  expect(rougeTokens('The cats, naïve 42!', { words: 'latin' })).toEqual(
    rougeTokens('The cats, naïve 42!'),
  )
})
