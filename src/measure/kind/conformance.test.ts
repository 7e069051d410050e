import { describe, it } from 'vitest'
import { gaussian } from '../../math/random.ts'
import type { RecordedText, SampleRecord } from '../record.ts'
import type { MetricKind } from './kind.ts'
import { metricKinds } from './kinds.ts'
import { type MetricCase, metricConformance } from './testing/metric-conformance.ts'

/** Options without a default that are not the set alone. */
const options: Readonly<Record<string, MetricCase['options']>> = {
  'choice-accuracy': { sets: ['forget', 'holdout'] },
  leak: { set: 'forget', k: 1 },
  membership: { attack: 'loss' },
  'membership-closeness': { attack: 'loss' },
  'privacy-leakage': { attack: 'loss' },
  'semeval-membership': {},
  'truth-ratio': { set: 'forget', aggregate: 'trueBetter' },
}

const tokens = 4
const layers = 3

/** A text with all that any metric reads. */
function text(stream: string, index: number): RecordedText {
  const draw = (what: string, count: number) =>
    Array.from({ length: count }, (_, i) => Math.abs(gaussian(7, [stream, what, index], i)))
  return {
    text: 'one two three four',
    logProbs: draw('logProb', tokens).map((x) => -x),
    firstChoice: index % 2 === 0 ? '1101' : '0011',
    mean: draw('mean', tokens).map((x) => -x),
    variance: draw('variance', tokens),
    gradientNorms: draw('norms', 2),
    patched: { whole: 1, layers: draw('layers', layers).map((x) => 0.3 * x) },
  }
}

function recordsOf(model: string): SampleRecord[] {
  return ['forget', 'holdout'].flatMap((set) =>
    Array.from({ length: 6 }, (_, index): SampleRecord => {
      const texts = (name: string, count: number) =>
        Array.from({ length: count }, (_, i) => text(`${model} ${set} ${name} ${i}`, index))
      return {
        set,
        index,
        id: `task1-${index}${index % 2 === 0 ? 'qa0' : 'sc1'}`,
        prompt: 'Who?',
        texts: {
          answer: texts('answer', 1),
          perturbed: texts('perturbed', 3),
          paraphrased: texts('paraphrased', 1),
          options: texts('options', 4),
        },
        generated: index % 2 === 0 ? 'one two three four five' : 'two three',
        reference: 'one two three four',
        samples: ['one two', 'one two three four'],
        clean: 0.9 - 0.1 * index,
        gold: index % 4,
      }
    }),
  )
}

describe.each([...metricKinds])('metric %s', (id, metric: MetricKind) => {
  const neverTrained = metric.needsNeverTrained && recordsOf('never trained')
  const given: MetricCase = {
    options: options[id] ?? { set: 'forget' },
    records: recordsOf('model'),
    ...(neverTrained && { neverTrained }),
  }
  for (const { name, check } of metricConformance(metric, given)) it(name, check)
})
