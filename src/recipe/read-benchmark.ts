import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { nearest, UserError } from '../error.ts'
import { readBoundedText } from '../files/bounded-file.ts'
import { mostRecipeBytes } from '../files/bounded-json.ts'
import { type Benchmark, benchmarkSchema } from '../measure/benchmark.ts'
import { benchmarkProblems } from './benchmark-problems.ts'
import { checkValue, type Locate } from './check.ts'
import { parseSource } from './document.ts'
import { builtInRegistry, type Registry } from './registry.ts'
import { isBenchmarkFile } from './section/evaluation-section.ts'

/**
 * A benchmark by its id, or your own from a .yaml or .json file.
 *
 * @throws UserError with every problem of the file at once, or the nearest id where there is none of that name
 */
export async function readBenchmark(
  name: string,
  cwd: string,
  registry: Registry = builtInRegistry,
): Promise<Benchmark> {
  const { benchmarks } = registry
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
  const path = resolve(cwd, name)
  if (!existsSync(path))
    throw new UserError({
      code: 'missing-file',
      path: name,
      expected: 'a readable benchmark file',
      got: 'no such file',
    })
  return parseBenchmark(readBoundedText(path, mostRecipeBytes), name, registry)
}

/** Reads a benchmark from its text; see {@link readBenchmark}. */
export function parseBenchmark(
  text: string,
  file: string,
  { metrics }: Registry = builtInRegistry,
): Benchmark {
  const source = parseSource(text, file)
  if (source.problems.length > 0) throw new UserError(source.problems)
  const locate: Locate = (path, part) => ({ position: source.positionOf(path, part) })
  const problems = checkValue(benchmarkSchema, source.value, locate)
  if (problems.length > 0) throw new UserError(problems)
  const benchmark = benchmarkSchema.parse(source.value)
  const inside = benchmarkProblems(benchmark, metrics, locate)
  if (inside.length > 0) throw new UserError(inside)
  return benchmark
}
