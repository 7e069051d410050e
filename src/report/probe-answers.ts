import type { EvaluationSet } from '../benchmark/takedown.ts'
import { permutation } from '../math/random.ts'
import type { EventOf } from '../run/events.ts'
import type { Sample } from '../run/samples.ts'
import type { ReportData } from './report-data.ts'

/** One example before and after, with what the model said on the way. */
export interface Probe {
  set: EvaluationSet
  index: number
  before: Sample
  after: Sample | null
  between: EventOf<'sample'>[]
}

/**
 * The examples that the page shows: the run's fixed probes, filled up to `limit` with examples drawn with a
 * fixed seed. Nothing about the answers enters the choice.
 */
export function chooseProbes(data: ReportData, set: EvaluationSet, limit: number): Probe[] {
  const of = (phase: Sample['phase']) =>
    new Map(
      data.samples
        .filter((sample) => sample.set === set && sample.phase === phase)
        .map((sample) => [sample.index, sample]),
    )
  const before = of('before')
  const after = of('after')
  const answers = data.probeAnswers.filter((event) => event.set === set)
  const fixed = [...new Set(answers.map(({ index }) => index))].filter((index) => before.has(index))
  const others = [...before.keys()].filter((index) => !fixed.includes(index)).sort((a, b) => a - b)
  const drawn = [...permutation(0, ['probes', set], others.length)].map((place) => others[place])
  const chosen = [...fixed, ...drawn].slice(0, limit)
  return chosen
    .sort((a, b) => a - b)
    .map((index) => ({
      set,
      index,
      before: before.get(index)!,
      after: after.get(index) ?? null,
      between: answers.filter((event) => event.index === index),
    }))
}
