import { expect, test } from 'vitest'
import { boardFacts, type NamedBoard } from '../generate/board-facts.ts'
import { resultsMarkdown } from '../generate/results-page.ts'
import { tofuForget05 as tofu } from '../src/benchmark/tofu.ts'

type Row = readonly [name: string, scores: readonly (number | 'broken')[], leak?: number]

/** A board of made-up rows; a seed a score. */
function board(name: string, rows: readonly Row[], title = 'TOFU, 5 %', model = 'm'): NamedBoard {
  return {
    name,
    board: {
      benchmark: { ...tofu, title },
      ...{ command: '', study: null, sets: [], recipe: '', identity: { model } },
      references: { 'never-trained': { score: 0.8 } },
      rows: rows.map(([row, scores, privLeak = -50]) => ({
        ...{ name: row, method: row, settings: [] },
        seeds: scores.map((score, seed) => ({
          seed,
          values: score === 'broken' ? { score: 0.99 } : { score, privLeak },
          trouble: null,
          broken: score === 'broken' ? 'repeats itself' : null,
          ...{ stepMilliseconds: null, peakBytes: null },
        })),
      })),
    },
  }
}

const facts = (...boards: NamedBoard[]) => boardFacts(boards).join('\n')

test('the leader is the method with most first places, and its worst place is told', () => {
  const first = board('a', [
    ['pdu', [0.7]],
    ['npo', [0.6]],
  ])
  const second = board('b', [
    ['npo', [0.7]],
    ['wga', [0.6]],
    ['pdu', [0.5]],
  ])
  expect(facts(first, first, second)).toContain(
    '`pdu` leads most often: first on 2 of the 3 boards that have it, and never below place 3.',
  )
  expect(facts(second, second, first)).toMatch(/^`npo` leads most often: first on 2 of the 3/)
})

test('blur and npo are level, behind or ahead by what their scores differ, family by family', () => {
  const pair = (blur: number, npo: number, title: string) =>
    board('a', [['blur', [blur]], ['npo', [npo]]], title) // biome-ignore format: a line
  const said = facts(
    pair(0.51, 0.5, 'TOFU, 1 %'),
    pair(0.5, 0.519, 'TOFU, 5 %'),
    pair(0.2, 0.5, 'LUME, task 1'),
    pair(0.7, 0.5, 'MUSE, news'),
    pair(0.7, 0.5, 'RWKU, a'),
    pair(0.2, 0.5, 'RWKU, b'),
  )
  expect(said).toContain('level on TOFU’s boards (−.019 to +.010)')
  expect(said).toContain('behind on LUME’s boards (−.300 to −.300)')
  expect(said).toContain('ahead on MUSE’s boards (+.200 to +.200)')
  expect(said).toContain('now ahead, now behind on RWKU’s boards (−.300 to +.200)')
  expect(facts(board('a', [['npo', [0.5]]]))).not.toContain('by the difference')
})

test('past the aim, broken rows, membership and spread', () => {
  const said = facts(
    board('near', [
      ['pdu', [0.9, 0.92], 10],
      ['npo', [0.5, 0.6]],
      ['ga', ['broken']],
    ]),
  )
  expect(said).toContain('`pdu` on [near](near.md). All other rows stay below it.')
  expect(said).toContain('1 of 3 rows: `ga`.')
  expect(said).toContain('tell 1 of 2 working rows')
  expect(said).toContain('.071 on TOFU (at most .071)')
  expect(facts(board('a', [['npo', [0.5]]]))).toContain('No row reaches the score')
})

test('rows of the same settings on other models are compared', () => {
  const rows = (score: number): Row[] => [['pdu', [score]], ['npo', [0.5]]] // biome-ignore format: a line
  const said = facts(board('a', rows(0.6)), board('b', rows(0.8), 'TOFU, 5 %', 'other'))
  expect(said).toContain(
    'by .100 on average, .200 at most ([a](a.md) and [b](b.md), 2 working rows)',
  )
  expect(facts(board('a', rows(0.6)), board('b', rows(0.8)))).not.toContain('other models')
})

test('the table has place and score, and calls broken what is', () => {
  const text = resultsMarkdown([
    board('one', [
      ['npo', [0.5]],
      ['pdu', [0.7]],
      ['ga', ['broken']],
    ]),
    board('two', [['npo', [0.6]]]),
  ])
  expect(text).toContain('| npo | 2 · .500 | 1 · .600 |')
  expect(text).toContain('| pdu | 1 · .700 |  |')
  expect(text).toContain('| ga | 3 · *broken* |  |')
})
