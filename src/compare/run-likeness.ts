import type { Problem } from '../error.ts'
import { unlikeFacts, unlikeRecords } from '../measure/likeness.ts'
import type { ComparedRun } from './compared-run.ts'

/** Settings that change what is measured after training and cannot be told from the records before. */
const measuredBy = ['evaluate.maxNewTokens']

/** The problems for which runs must not be compared: the records before training say what was measured, and on which model. */
export function unlikeness(runs: readonly ComparedRun[]): Problem[] {
  // A run that ended before it was measured is shown with its reason, and has nothing that could be unlike.
  const [first, ...others] = runs.filter(({ before }) => before.length > 0)
  if (!first)
    return [
      {
        code: 'not-measured',
        expected: 'at least one run with records of the model before training',
        got: 'none',
      },
    ]
  const factsOf = ({ settings }: ComparedRun) =>
    Object.fromEntries(measuredBy.map((path) => [path, settings[path]]))
  return others.flatMap((run) =>
    [
      ...unlikeRecords(first.before, run.before, run.name),
      ...unlikeFacts(factsOf(first), factsOf(run), run.name),
    ].map((problem) => ({ ...problem, hint: `Compared with ${first.name}` })),
  )
}
