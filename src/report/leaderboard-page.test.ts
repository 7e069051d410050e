import { expect, test } from 'vitest'
import { tofuForget05 as benchmark } from '../benchmark/tofu.ts'
import type { Leaderboard } from '../compare/leaderboard.ts'
import { leaderboardMarkdown } from './leaderboard-page.ts'

function page(neverTrained: number | null, broken: string | null = null): string {
  const row = (name: string, score: number, own: string | null) => ({
    ...{ name, method: name, settings: [] },
    seeds: [
      {
        ...{ seed: 0, values: { score }, trouble: null, broken: own },
        ...{ stepMilliseconds: null, peakBytes: null },
      },
    ],
  })
  const board: Leaderboard = {
    ...{ benchmark, command: '', study: null, sets: [], recipe: '', identity: {} },
    references: { 'never-trained': neverTrained === null ? null : { score: neverTrained } },
    rows: [row('far', 0.9, broken), row('near', 0.7, null)],
  }
  return leaderboardMarkdown(benchmark, board, { figure: null, notes: null })
}

test('rows that score above the model never trained on the set are named, and no others', () => {
  expect(page(0.8)).toMatch(/is past the aim, not better: `far`\.\n/)
  expect(page(0.6)).toMatch(/is past the aim, not better: `far`, `near`\.\n/)
  expect(page(0.95)).not.toContain('past the aim')
  expect(page(null)).not.toContain('past the aim')
})

test('a broken row is called broken, not past the aim', () => {
  const text = page(0.8, 'repeats itself')
  expect(text).not.toContain('past the aim')
  expect(text).toContain('seed 0: repeats itself')
})
