import type { Benchmark } from './benchmark.ts'
import type { Doubt } from './doubts.ts'
import type { StoredEvaluation } from './evaluation/stored-evaluation.ts'
import { metricKinds } from './kind/kinds.ts'

/** One thing that the evidence does not prove. */
export interface NotShown {
  readonly title: string
  readonly detail: string
}

/** The evidence about a model: what was measured, beside what, with how many seeds. */
export interface Shown {
  /** benchmarks with the keys that have a value */
  readonly measured: readonly { readonly benchmark: Benchmark; readonly keys: readonly string[] }[]
  /** whether values of a model never trained on the forget set stand beside */
  readonly neverTrained: boolean
  /** of training */
  readonly seeds: number
  /** the fewest bits of a weight at which the model was measured, where that was quantised */
  readonly bits?: number
}

/**
 * Collects what the evaluations of one model show.
 *
 * @param bits of the weights of the files that were made of it and measured
 */
export function shownBy(
  evaluations: readonly StoredEvaluation[],
  bits: readonly number[] = [],
): Shown {
  const fewest = Math.min(...bits)
  return {
    ...(fewest <= 8 && { bits: fewest }),
    measured: evaluations.map(({ benchmark, results }) => ({
      benchmark,
      keys: results.filter(({ value }) => value !== null).map(({ key }) => key),
    })),
    neverTrained: evaluations.some(({ results }) =>
      results.some(({ neverTrained }) => neverTrained !== null),
    ),
    seeds: 1,
  }
}

const waysToAsk: readonly Doubt[] = [
  'paraphrases',
  'other languages',
  'role play',
  'sampling',
  'quantised weights',
]

/** Lists what is not shown by what was measured, for model card, report and comparison alike. */
export function notShown(shown: Shown): NotShown[] {
  const settled = settledBy(shown)
  const open = waysToAsk
    .filter((way) => !settled.has(way))
    .map((way) =>
      way === 'quantised weights' && shown.bits !== undefined
        ? `weights of fewer than ${shown.bits} bits`
        : way,
    )
  const all: [boolean, string, string][] = [
    [
      true,
      'Unlearning is not deletion',
      'The weights were moved to change answers. The information may still be in them and may come back.',
    ],
    [
      !settled.has('membership'),
      'No membership inference',
      'Whether an attacker can tell that the forget set was once trained on was not measured.',
    ],
    [
      !settled.has('relearning'),
      'No relearning attack',
      'Whether a little fine-tuning, on the forget set or on related text, brings the answers back was not measured.',
    ],
    [
      open.length > 0,
      open.length < waysToAsk.length || shown.bits !== undefined
        ? 'Not every way to ask'
        : 'No other ways to ask',
      `Only the prompts of the data${settled.has('sampling') ? '' : ' and greedy decoding'} were used: no ${either(open)}.`,
    ],
    [
      !shown.neverTrained,
      'No comparison with retraining',
      'The reference for perfect forgetting is a model that never saw the forget set. None was measured here.',
    ],
    [
      !settled.has('general ability'),
      'Only the retain set stands for everything else',
      'General ability beyond the retain set was not measured.',
    ],
    [
      shown.seeds < 2,
      'One seed',
      'Intervals are bootstrap intervals over examples. They do not say how much another seed of training would differ.',
    ],
  ]
  return all.flatMap(([isOpen, title, detail]) => (isOpen ? [{ title, detail }] : []))
}

/** What has a value says, by its kind or by its benchmark. */
function settledBy({ measured }: Shown): Set<Doubt> {
  return new Set(
    measured.flatMap(({ benchmark, keys }) =>
      keys.flatMap((key) => [
        ...(metricKinds.get(benchmark.metrics[key]?.kind)?.settles ?? []),
        ...(benchmark.reading?.settles[key] ?? []),
      ]),
    ),
  )
}

function either(names: readonly string[]): string {
  const [last] = names.slice(-1)
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} or ${last}` : last
}
