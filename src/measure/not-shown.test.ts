import { expect, test } from 'vitest'
import { benchmarks } from '../benchmark/benchmarks.ts'
import type { Benchmark } from './benchmark.ts'
import { notShown, shownBy } from './not-shown.ts'
import { metricWords } from './results.ts'

const titles = (shown: Parameters<typeof notShown>[0]) => notShown(shown).map(({ title }) => title)
const everything = [
  'Unlearning is not deletion',
  'No membership inference',
  'No relearning attack',
  'No other ways to ask',
  'No comparison with retraining',
  'Only the retain set stands for everything else',
  'One seed',
]

/** An evaluation in which the keys that pass have a value. */
function evaluated(id: string, isValued: (key: string) => boolean, neverTrained: number | null) {
  const benchmark = benchmarks.get(id) as Benchmark
  const results = metricWords(benchmark).map((words) => ({
    ...{ ...words, interval: null, count: 1, original: null },
    value: isValued(words.key) ? 0.5 : null,
    neverTrained: isValued(words.key) ? neverTrained : null,
  }))
  return { benchmark, results, warnings: [] }
}

test('a run that measured itself only shows none of it', () => {
  expect(titles(shownBy([]))).toEqual(everything)
})

test('what was attacked beside a model never trained is not said to be missing', () => {
  const shown = shownBy([evaluated('tofu/forget05', () => true, 0.5)])
  const [deletion, , relearning, ways, , , seeds] = everything
  expect(titles(shown)).toEqual([deletion, relearning, ways, seeds])
  expect(titles({ ...shown, seeds: 3 })).toEqual([deletion, relearning, ways])
})

test('a metric without a value shows nothing', () => {
  const shown = shownBy([evaluated('tofu/forget05', (key) => key === 'forget.rougeL', null)])
  expect(titles(shown)).toEqual(everything)
})

test('of quantised weights, only those of fewer bits than were measured are left', () => {
  const ways = (bits: number[]) =>
    notShown(shownBy([], bits)).find(({ title }) => /ask$/.test(title))
  expect(ways([16])).toEqual(ways([]))
  expect(ways([16, 8])).toEqual({
    title: 'Not every way to ask',
    detail:
      'Only the prompts of the data and greedy decoding were used: no paraphrases, other languages, role play, sampling or weights of fewer than 8 bits.',
  })
})

test('ways to ask that were tried are no longer named', () => {
  const detail = (id: string) =>
    notShown(shownBy([evaluated(id, () => true, null)])).find(({ title }) => /ask$/.test(title))
  expect(detail('wmdp')?.detail).toContain(
    'no paraphrases, other languages, role play, sampling or',
  )
  expect(detail('rwku')).toEqual({
    title: 'Not every way to ask',
    detail:
      'Only the prompts of the data and greedy decoding were used: no sampling or quantised weights.',
  })
})
