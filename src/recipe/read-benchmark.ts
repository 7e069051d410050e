import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { nearest, type Problem, UserError } from '../error.ts'
import { type Benchmark, benchmarkSchema } from '../measure/benchmark.ts'
import { metricKinds } from '../measure/kind/kinds.ts'
import { checkValue, type Locate, problemAt } from './check.ts'
import { parseSource } from './document.ts'
import { isBenchmarkFile } from './evaluation-section.ts'
import { builtInRegistry, type Registry } from './registry.ts'

/**
 * A benchmark by its id, or your own from a .yaml or .json file.
 *
 * @throws UserError with every problem of the file at once, or the nearest id where there is none of that name
 */
export async function readBenchmark(
  name: string,
  cwd: string,
  { benchmarks }: Registry = builtInRegistry,
): Promise<Benchmark> {
  const known = benchmarks.get(name)
  if (known) return known
  if (!isBenchmarkFile(name)) {
    const near = nearest(name, [...benchmarks.keys()])
    throw new UserError({
      code: 'no-benchmark',
      path: 'benchmark',
      expected: `${[...benchmarks.keys()].join(', ')}, or a .yaml file`,
      got: JSON.stringify(name),
      ...(near && { hint: `Did you mean "${near}"?` }),
    })
  }
  let text: string
  try {
    text = await readFile(resolve(cwd, name), 'utf8')
  } catch {
    throw new UserError({
      code: 'missing-file',
      path: name,
      expected: 'a readable benchmark file',
      got: 'no such file',
    })
  }
  return parseBenchmark(text, name)
}

/** Reads a benchmark from its text; see {@link readBenchmark}. */
export function parseBenchmark(text: string, file: string): Benchmark {
  const source = parseSource(text, file)
  if (source.problems.length > 0) throw new UserError(source.problems)
  const locate: Locate = (path, part) => ({ position: source.positionOf(path, part) })
  const problems = checkValue(benchmarkSchema, source.value, locate)
  if (problems.length > 0) throw new UserError(problems)
  const benchmark = benchmarkSchema.parse(source.value)
  const inside = innerProblems(benchmark, locate)
  if (inside.length > 0) throw new UserError(inside)
  return benchmark
}

/** Options of the kinds, and names that must be those of sets and metrics. */
function innerProblems(benchmark: Benchmark, locate: Locate): Problem[] {
  const values = [...Object.keys(benchmark.metrics), ...Object.keys(benchmark.composites)]
  const problems: Problem[] = []
  const mustBe = (path: (string | number)[], name: string, known: readonly string[]) => {
    if (known.includes(name)) return
    const near = nearest(name, known)
    problems.push(
      problemAt(locate, path, 'value', {
        code: 'unknown-name',
        expected: `one of ${known.join(', ')}`,
        got: JSON.stringify(name),
        ...(near && { hint: `Did you mean "${near}"?` }),
      }),
    )
  }
  const checkMetrics = (
    metrics: Benchmark['metrics'],
    before: readonly string[],
    sets: readonly string[],
  ) => {
    for (const [key, { kind, options }] of Object.entries(metrics)) {
      const found = metricKinds.get(kind)
      if (!found) continue
      const base = [...before, 'metrics', key, 'options']
      const wrong = checkValue(found.schema, options, (path, part) =>
        locate([...base, ...path], part),
      )
      problems.push(
        ...wrong.map((problem) => ({ ...problem, path: [...base, problem.path].join('.') })),
      )
      if (wrong.length === 0)
        for (const set of found.sets(found.schema.parse(options))) mustBe(base, set, sets)
    }
  }
  const sets = Object.keys(benchmark.sets)
  checkMetrics(benchmark.metrics, [], sets)
  const extras = Object.entries(benchmark.extras)
  for (const [name, extra] of extras)
    checkMetrics(extra.metrics, ['extras', name], [...sets, ...Object.keys(extra.sets)])
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
