import { nearest, UserError } from '../error.ts'
import type { Benchmark } from './benchmark.ts'

/**
 * A benchmark with some of its extras measured like all else.
 *
 * Its declaration is another one, so that it is never compared with evaluations that lack them.
 *
 * @throws UserError for an extra that it does not have
 */
export function withExtras(benchmark: Benchmark, wanted: readonly string[]): Benchmark {
  const known = Object.keys(benchmark.extras)
  const unknown = wanted.filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new UserError(
      unknown.map((name) => {
        const near = nearest(name, known)
        return {
          code: 'no-extra',
          path: '--with',
          expected: known.join(', ') || `a benchmark with extras, which ${benchmark.id} has not`,
          got: name,
          ...(near && { hint: `Did you mean "${near}"?` }),
        }
      }),
    )
  const chosen = wanted.map((name) => benchmark.extras[name])
  return {
    ...benchmark,
    sets: Object.assign({}, benchmark.sets, ...chosen.map(({ sets }) => sets)),
    metrics: Object.assign({}, benchmark.metrics, ...chosen.map(({ metrics }) => metrics)),
  }
}
