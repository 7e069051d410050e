import type { Benchmark, BenchmarkDefinition } from '../measure/benchmark.ts'
import { areas, type GeneralQuestion, generalAbility } from '../questions/general-ability.ts'
import { withoutSharedNames } from '../questions/shared-names.ts'
import { defineBenchmark } from './define-benchmark.ts'

const measures = { probability: 'probability', accuracy: 'option-accuracy' } as const

/**
 * General ability on the questions that ship: of each area how likely the right answers are, and how often likelier than
 * wrong ones; over all the mean of the areas. Answers are scored, none is generated.
 *
 * @param questions  of those that ship; an area that none is left of is left out
 */
export function generalBenchmark(questions: readonly GeneralQuestion[]): Benchmark {
  const asked = areas.filter((area) => questions.some((question) => question.area === area))
  const metrics: BenchmarkDefinition['metrics'] = {}
  for (const area of asked)
    for (const [name, kind] of Object.entries(measures))
      metrics[`${area}.${name}`] = { kind, better: 'higher', options: { set: area } }
  return defineBenchmark({
    id: 'general',
    title: 'General ability: language, arithmetic, instructions, common facts',
    source: 'Written for Lethe',
    notes: [
      'Forced answers only: a model may know an answer and word it otherwise, so values are read beside those of another state of the same model.',
      'An answer counts as right where it is likelier per token than each of one to three wrong ones.',
    ],
    sets: Object.fromEntries(
      asked.map((area) => [
        area,
        {
          rows: questions
            .filter((question) => question.area === area)
            .map(({ id, question, answer, wrong }) => ({
              id,
              question,
              answer,
              wrong: [...wrong],
            })),
          texts: { answer: 'answer', perturbed: 'wrong' },
        },
      ]),
    ),
    metrics,
    composites: Object.fromEntries(
      Object.keys(measures).map((name) => [
        name,
        {
          combine: 'mean',
          better: 'higher',
          of: asked.map((area) => ({ metric: `${area}.${name}` })),
        },
      ]),
    ),
    // Nothing is forgotten here: figures show one ability beside the other.
    ranking: { forget: 'accuracy', utility: 'probability' },
    reading: { settles: { probability: ['general ability'] } },
  })
}

/** {@link generalBenchmark} of all questions. */
export const general: Benchmark = generalBenchmark(generalAbility())

/**
 * The accuracy of guessing: the mean over areas of the mean of `1 / options`. A model whose interval holds it has no general ability that
 * these questions could see.
 */
export function chanceAccuracy({ sets }: Benchmark): number {
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length
  return mean(
    Object.values(sets).map(({ rows = [] }) =>
      mean(rows.map(({ wrong }) => 1 / (1 + (wrong as readonly string[]).length))),
    ),
  )
}

/**
 * {@link generalBenchmark} for a model that is to forget something: of the questions those that share no named subject with it.
 *
 * @param forget  questions and answers that are to go
 */
export function generalBeside(forget: readonly string[]): {
  readonly benchmark: Benchmark
  readonly dropped: readonly GeneralQuestion[]
} {
  const all = generalAbility()
  const kept = withoutSharedNames(all, ({ question, answer }) => [question, answer], forget)
  return {
    benchmark: generalBenchmark(kept),
    dropped: all.filter((question) => !kept.includes(question)),
  }
}
