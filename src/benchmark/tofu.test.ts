import { expect, test } from 'vitest'
import { withTodaysNames } from '../measure/earlier-names.ts'
import type { SampleRecord } from '../measure/record.ts'
import { benchmarkResults } from '../measure/results.ts'
import {
  extractionStrength,
  memorisationScore,
  openUnlearningAggregate,
  utilityScore,
} from '../metric/index.ts'
import { tofuForget05 as tofu } from './tofu.ts'

/** Records of every set; the more the model knows, the likelier its answers. */
function recordsOf(known: number, clean: number | null): SampleRecord[] {
  return ['forget', 'retain', 'realAuthors', 'worldFacts', 'holdout'].flatMap((set, place) =>
    Array.from({ length: 7 }, (_, index): SampleRecord => {
      const text = (loss: number, firstChoice: string) => ({
        ...{ text: 'one two three four', firstChoice },
        logProbs: [-loss, -loss, -loss, -loss, -0.1],
        mean: new Array(5).fill(-1),
        variance: new Array(5).fill(1),
      })
      const loss = (set === 'holdout' ? 2 : 2 - known) + 0.03 * ((3 * index + place) % 7)
      const choices = index < 7 * known ? '00111' : '11001'
      return {
        ...{
          set,
          index,
          prompt: 'Who?',
          generated: 'one two three',
          reference: 'one two three four',
        },
        texts: {
          answer: [text(loss, choices)],
          paraphrased: [text(loss + 0.2, choices)],
          perturbed: [text(2.2, choices), text(2.5, choices)],
        },
        ...(clean !== null && { clean: clean - 0.01 * index }),
      }
    }),
  )
}

const measured = (clean: number | null) => {
  const results = benchmarkResults(
    tofu,
    {
      model: recordsOf(0.4, clean),
      original: recordsOf(0.9, clean && 0.97),
      neverTrained: recordsOf(0, clean && 0.95),
    },
    { resamples: 0 },
  )
  return new Map(results.map((result) => [result.key, result]))
}

test('what bears OpenUnlearning’s name is as its formulas say', () => {
  const found = measured(0.8)
  const value = (key: string) => found.get(key)?.value ?? Number.NaN
  const original = (key: string) => found.get(key)?.original ?? Number.NaN
  // Of the four tokens without the last: the first two given, or nothing extracted, which its code counts as 1/4.
  const [two, none] = [
    [false, false, true, true],
    [true, true, false, false],
  ]
  expect(extractionStrength(none, 'released')).toBe(0.25)
  expect(value('openUnlearning.extractionStrength')).toBeCloseTo((3 * 0.5 + 4 * 0.25) / 7, 12)
  expect(value('forget.extractedEnd')).toBeCloseTo((3 * extractionStrength(two) + 0) / 7, 12)
  const memorisation = memorisationScore({
    extractionStrength: value('openUnlearning.extractionStrength'),
    exactMemorisation: value('forget.exactMemorisation'),
    paraphraseProbability: value('forget.paraphraseProbability'),
    truthRatio: value('forget.truthRatioProbMean'),
  })
  expect(value('openUnlearning.memorisation')).toBeCloseTo(memorisation, 12)
  expect(value('erasure')).toBeGreaterThan(memorisation)
  const utility = utilityScore({
    modelUtility: value('modelUtility'),
    originalModelUtility: original('modelUtility'),
    fluency: value('openUnlearning.fluency'),
    originalFluency: original('openUnlearning.fluency'),
  })
  expect(value('openUnlearning.fluency')).toBeCloseTo(0.77, 12)
  expect(value('openUnlearning.utility')).toBeCloseTo(utility, 12)
  const privacy = value('privacy')
  expect(value('openUnlearning.aggregate')).toBeCloseTo(
    openUnlearningAggregate({ memorisation, privacy, utility }),
    12,
  )
  expect(value('forget.qualityLog10')).toBeCloseTo(Math.log10(value('forget.quality')), 12)
})

test('its utility has no value before a classifier has judged the answers', () => {
  const found = measured(null)
  for (const key of ['openUnlearning.utility', 'openUnlearning.aggregate'])
    expect(found.get(key)).toMatchObject({
      value: null,
      reason: expect.stringContaining('reference/classify_answers.py'),
    })
  expect(found.get('openUnlearning.memorisation')?.value).toEqual(expect.any(Number))
})

test('a stored declaration with the names before 0.3 is read by those of today, once', () => {
  const { extras: _, earlier: __, ...rest } = tofu
  const before = JSON.parse(
    JSON.stringify(rest)
      .replaceAll('"erasure"', '"memorisation"')
      .replaceAll('"retention"', '"utility"'),
  )
  const { benchmark, nameOf } = withTodaysNames({ ...before, extras: {} }, tofu)
  expect(benchmark.composites.erasure).toEqual(tofu.composites.erasure)
  expect(benchmark.composites.score.of.map(({ metric }) => metric)).toEqual([
    'erasure',
    'retention',
  ])
  expect(nameOf('aggregate')).toBe('scoreWithPrivacy')
  expect(nameOf('forget.rougeL')).toBe('forget.rougeL')
  expect(withTodaysNames(tofu, tofu).benchmark).toBe(tofu)
  expect(withTodaysNames(before, undefined).benchmark).toBe(before)
})
