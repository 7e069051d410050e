import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { endlessPattern } from './endless-pattern.ts'

const of = (source: string) => endlessPattern(new RegExp(source, 'gu'))

describe('patterns that may never end are known', () => {
  test.each([
    ['(a+)+$', /many ways/],
    ['(a|a)*b', /many ways/],
    ['(a|ab|b)*c', /many ways/],
    ['(\\w+\\s?)*$', /many ways/],
    ['(?: ?\\p{L}+,?)+$', /many ways/],
    ['(.*)*x', /many ways/],
    ['(a*b*)*c', /many ways/],
    ['(?=(a+)+b)c', /many ways/],
    ['(?<!(a|a)+)c', /many ways/],
    ['(\\p{L}|[é])+!', /many ways/],
    ['(a{1,30}){1,30}b', /many ways/],
    ['(?:a?){30}a{30}', /30 parts that may be missing/],
    ['a*a*a*a*a*b', /5 repetitions of one character/],
    ['a*(?:b?a*){3}c', /repetitions of one character/],
    ['(a+){9}b', /9 repetitions of one character/],
    ['a{1000000000}', /more than 400 characters/],
    ['(?:){1000000000}', /a repetition of 1000000000/],
    ['(a)\\1', /Backreference/],
  ])('%s', (source, why) => {
    expect(of(source)).toMatch(why)
  })

  test('they do take long, and those that pass do not', () => {
    const seconds = (source: string, text: string) => {
      const start = process.cpuUsage()
      new RegExp(source, 'u').test(text)
      return process.cpuUsage(start).user / 1e6
    }
    expect(seconds('^(a|a)*b', 'a'.repeat(24))).toBeGreaterThan(0.2)
    expect(of('^a*a*b')).toBe(null)
    expect(seconds('^a*a*b', 'a'.repeat(2000))).toBeLessThan(0.2)
  })
})

describe('patterns of real families pass', () => {
  const { families } = JSON.parse(
    readFileSync(new URL('../../test/golden/family-tokenizers.json', import.meta.url), 'utf8'),
  )
  const found: string[] = []
  JSON.stringify(families, (key, value) => {
    if (key === 'Regex') found.push(value)
    return value
  })
  const gpt4o =
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?:'[sS]|'[tT])?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
  const gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
  const thousands = '\\d{1,3}(?=(?:\\d{3})*\\b)'
  test.each([
    ...new Set(found.map((source) => source.replace('(?i:', '(?:'))),
    ...[gpt4o, gpt2, thousands, '(?: \\p{L}+,?)+$', '[\\s\\S]', '(ab|cd)*', ''],
  ])('%s', (source) => {
    expect(of(source)).toBe(null)
  })
})
