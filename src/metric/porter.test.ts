import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { needing, shared, sharedPath } from '../../test/helpers/needs.ts'
import { porterStem } from './porter.ts'

const vectors = 'vectors/porter_stems.json'

describe('porterStem', () => {
  // Examples printed in Porter 1980, where nltk's departures do not apply.
  test.each([
    ['caresses', 'caress'],
    ['ponies', 'poni'],
    ['cats', 'cat'],
    ['feed', 'feed'],
    ['agreed', 'agre'],
    ['bled', 'bled'],
    ['sing', 'sing'],
    ['conflated', 'conflat'],
    ['hopping', 'hop'],
    ['falling', 'fall'],
    ['filing', 'file'],
    ['happy', 'happi'],
    ['vietnamization', 'vietnam'],
    ['electriciti', 'electr'],
    ['adoption', 'adopt'],
    ['controll', 'control'],
    ['generalizations', 'gener'],
    ['oscillators', 'oscil'],
  ])('%s → %s', (word, stem) => {
    expect(porterStem(word)).toBe(stem)
  })

  test.each([
    ['skies', 'sky'],
    ['dying', 'die'],
    ['dies', 'die'],
    ['tied', 'tie'],
    ['spied', 'spi'],
    ['enjoy', 'enjoy'],
    ['by', 'by'],
    ['geologi', 'geolog'],
    ['naturalli', 'natur'],
  ])('departs from the paper as nltk does: %s → %s', (word, stem) => {
    expect(porterStem(word)).toBe(stem)
  })

  test(
    'agrees with nltk 3.8 on every word of ../shared/vectors/porter_stems.json',
    needing(shared(vectors)),
    () => {
      const { special, corpus_words: corpus } = JSON.parse(
        readFileSync(sharedPath(vectors), 'utf8'),
      )
      const expected: Record<string, string> = { ...special, ...corpus }
      const got = Object.fromEntries(Object.keys(expected).map((word) => [word, porterStem(word)]))
      expect(Object.keys(expected).length).toBeGreaterThan(7000)
      expect(got).toEqual(expected)
    },
  )
})
