import { type Problem, UserError } from '../error.ts'
import { sizeOf } from '../graph/shape.ts'
import type { WeightGroup } from './group-rates.ts'
import { namePattern } from './name-pattern.ts'
import type { TrainableSet } from './trainable-set.ts'

/**
 * Trained weights by patterns of their names, each in the first group that it fits; some may be in none.
 *
 * @throws UserError for patterns that match nothing which an earlier one left
 */
export function weightGroups(
  patterns: readonly string[],
  { layout }: Pick<TrainableSet, 'layout'>,
  layers: number,
): WeightGroup[] {
  const left = new Map(layout.tensors)
  const problems: Problem[] = []
  const groups = patterns.map((name, i): WeightGroup => {
    const matches = namePattern(name, layers) ?? (() => false)
    const ranges = [...left].flatMap(([tensor, { start, shape }]) => {
      if (!matches(tensor)) return []
      left.delete(tensor)
      return [{ start, end: start + sizeOf(shape) }]
    })
    if (ranges.length === 0)
      problems.push({
        code: 'pattern-without-match',
        path: `train.groupRates.groups[${i}]`,
        expected: `a pattern of trained weights such as ${[...layout.tensors.keys()][0]}`,
        got: name,
      })
    return { name, ranges }
  })
  if (problems.length > 0) throw new UserError(problems)
  return groups
}

/** Numbers in a group. */
export function groupSize({ ranges }: WeightGroup): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0)
}
