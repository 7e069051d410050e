import type { z } from 'zod'
import { nearest, type Problem } from '../error.ts'
import type { Benchmark } from '../measure/benchmark.ts'
import type { MetricKinds } from '../measure/kind/kind.ts'
import { probes } from '../measure/probe/probes.ts'
import { checkValue, type Locate, problemAt } from './check.ts'

const nowhere: Locate = () => ({})

/**
 * What is wrong inside a benchmark of the right form: metrics and probes that do not exist, their options, and names that
 * must be those of its sets and metrics.
 *
 * @param kinds what its metrics may be of
 */
export function benchmarkProblems(
  benchmark: Benchmark,
  kinds: MetricKinds,
  locate: Locate = nowhere,
): Problem[] {
  const values = [...Object.keys(benchmark.metrics), ...Object.keys(benchmark.composites)]
  const problems: Problem[] = []
  const mustBe = (
    path: (string | number)[],
    name: string,
    known: readonly string[],
    otherwise?: string,
  ) => {
    if (known.includes(name)) return
    const near = nearest(name, known)
    const hint = near ? `Did you mean "${near}"?` : otherwise
    problems.push(
      problemAt(locate, path, 'value', {
        code: 'unknown-name',
        expected: `one of ${known.join(', ')}`,
        got: JSON.stringify(name),
        ...(hint && { hint }),
      }),
    )
  }
  const fits = (base: (string | number)[], schema: z.ZodType, value: unknown) => {
    const wrong = checkValue(schema, value, (path, part) => locate([...base, ...path], part))
    problems.push(
      ...wrong.map((problem) => ({ ...problem, path: [...base, problem.path].join('.') })),
    )
    return wrong.length === 0
  }
  const checkSets = (sets: Benchmark['sets'], before: readonly string[]) => {
    for (const [name, set] of Object.entries(sets)) {
      const { file, rows } = set
      if ((file === undefined) === (rows === undefined))
        problems.push(
          problemAt(locate, [...before, 'sets', name], 'key', {
            code: file === undefined ? 'missing' : 'conflict',
            expected: 'a file, or rows',
            got: file === undefined ? 'neither' : 'both',
          }),
        )
      for (const [id, knobs] of Object.entries(set.probes ?? {})) {
        const base = [...before, 'sets', name, 'probes', id]
        const probe = probes.get(id)
        if (probe) fits(base, probe.schema, knobs)
        else mustBe(base, id, [...probes.keys()])
      }
    }
  }
  const checkMetrics = (
    metrics: Benchmark['metrics'],
    before: readonly string[],
    sets: readonly string[],
  ) => {
    for (const [key, { kind, options }] of Object.entries(metrics)) {
      const at = [...before, 'metrics', key]
      const found = kinds.get(kind)
      if (!found) {
        mustBe([...at, 'kind'], kind, [...kinds.keys()], 'Where a plugin defines it, name that')
        continue
      }
      const base = [...at, 'options']
      if (fits(base, found.schema, options))
        for (const set of found.sets(found.schema.parse(options))) mustBe(base, set, sets)
    }
  }
  const sets = Object.keys(benchmark.sets)
  checkSets(benchmark.sets, [])
  checkMetrics(benchmark.metrics, [], sets)
  const extras = Object.entries(benchmark.extras)
  for (const [name, extra] of extras) {
    checkSets(extra.sets, ['extras', name])
    checkMetrics(extra.metrics, ['extras', name], [...sets, ...Object.keys(extra.sets)])
  }
  for (const [key, { of }] of Object.entries(benchmark.composites))
    for (const [i, { metric }] of of.entries())
      mustBe(['composites', key, 'of', i, 'metric'], metric, values)
  for (const role of ['forget', 'utility', 'score', 'repetition'] as const) {
    const name = benchmark.ranking[role]
    if (name !== null) mustBe(['ranking', role], name, values)
  }
  const { first = [], settles = {}, cautions = [] } = benchmark.reading ?? {}
  const known = [...values, ...extras.flatMap(([, { metrics }]) => Object.keys(metrics))]
  for (const [i, name] of first.entries()) mustBe(['reading', 'first', i], name, known)
  for (const name of Object.keys(settles)) mustBe(['reading', 'settles', name], name, known)
  for (const [i, { when }] of cautions.entries())
    for (const [j, { metric }] of when.entries())
      mustBe(['reading', 'cautions', i, 'when', j, 'metric'], metric, known)
  return problems
}
