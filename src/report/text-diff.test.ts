import { describe, expect, test } from 'vitest'
import { integer } from '../math/random.ts'
import { lcsLength } from '../metric/lcs.ts'
import { type DiffPart, diffText } from './text-diff.ts'

const spell = (parts: DiffPart[], kind: 'removed' | 'added') =>
  parts
    .filter((part) => part.kind === 'same' || part.kind === kind)
    .map(({ text }) => text)
    .join('')

describe('diffText', () => {
  test('one word replaced', () => {
    expect(diffText('born on 3 May 1971.', 'born on 3 June 1971.')).toEqual([
      { kind: 'same', text: 'born on 3 ' },
      { kind: 'removed', text: 'May' },
      { kind: 'added', text: 'June' },
      { kind: 'same', text: ' 1971.' },
    ])
  })

  test('a replaced phrase stays in one piece', () => {
    expect(diffText('a baker in Lund', 'a retired pilot in Lund')).toEqual([
      { kind: 'same', text: 'a ' },
      { kind: 'removed', text: 'baker' },
      { kind: 'added', text: 'retired pilot' },
      { kind: 'same', text: ' in Lund' },
    ])
    expect(diffText('red fox', 'blue whale')).toEqual([
      { kind: 'removed', text: 'red fox' },
      { kind: 'added', text: 'blue whale' },
    ])
  })

  test('equal, empty, only one side', () => {
    expect(diffText('the same', 'the same')).toEqual([{ kind: 'same', text: 'the same' }])
    expect(diffText('', '')).toEqual([])
    expect(diffText('', 'new')).toEqual([{ kind: 'added', text: 'new' }])
    expect(diffText('old', '')).toEqual([{ kind: 'removed', text: 'old' }])
  })

  test('random texts: both sides are spelled exactly, whatever the characters', () => {
    const alphabet = ['a', 'b', ' ', '\n', '.', 'é', '日', '😀', '<', 'foo']
    for (let round = 0; round < 300; round++) {
      const [before, after] = ['before', 'after'].map((side) =>
        Array.from(
          { length: integer(1, [side, 'length'], round, 14) },
          (_, i) => alphabet[integer(1, [side, round], i, alphabet.length)],
        ).join(''),
      )
      const parts = diffText(before, after)
      expect(spell(parts, 'removed')).toBe(before)
      expect(spell(parts, 'added')).toBe(after)
    }
  })
})

test('keeps exactly a longest common subsequence of words', () => {
  for (let round = 0; round < 300; round++) {
    const [before, after] = ['before', 'after'].map((side) =>
      Array.from({ length: integer(2, [side, 'length'], round, 12) }, (_, i) =>
        '.,;'.charAt(integer(2, [side, round], i, 3)),
      ),
    )
    const same = diffText(before.join(''), after.join(''))
      .filter(({ kind }) => kind === 'same')
      .reduce((sum, { text }) => sum + text.length, 0)
    expect(same).toBe(lcsLength(before, after))
    expect(same).toBe(slowLcs(before, after))
  }
})

/** By definition: the better of dropping either first token, or one more when they are equal. */
function slowLcs(a: readonly string[], b: readonly string[]): number {
  const known = new Map<string, number>()
  const visit = (i: number, j: number): number => {
    if (i === a.length || j === b.length) return 0
    const key = `${i},${j}`
    const value =
      known.get(key) ??
      (a[i] === b[j] ? 1 + visit(i + 1, j + 1) : Math.max(visit(i + 1, j), visit(i, j + 1)))
    known.set(key, value)
    return value
  }
  return visit(0, 0)
}
