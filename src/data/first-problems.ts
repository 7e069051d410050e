import type { Problem } from '../error.ts'

/** The first `limit` problems and, where there are more, one last line that counts the rest. */
export function firstProblems(problems: readonly Problem[], limit = 20): Problem[] {
  if (problems.length <= limit) return [...problems]
  const rest = problems.length - limit
  return [
    ...problems.slice(0, limit),
    {
      code: 'more-problems',
      expected: `all ${problems.length} problems to be listed`,
      got: `the first ${limit}: ${rest} more like these`,
    },
  ]
}
