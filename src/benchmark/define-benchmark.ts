import type { z } from 'zod'
import { define } from '../definition.ts'
import { type Benchmark, benchmarkSchema } from '../measure/benchmark.ts'

/**
 * Declares a benchmark, in the form of a user's YAML file, with the defaults filled in.
 *
 * @throws ZodError where it is not of that form
 */
export function defineBenchmark(declaration: z.input<typeof benchmarkSchema>): Benchmark {
  return define('benchmark', benchmarkSchema.parse(declaration))
}
