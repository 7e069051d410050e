import { resolve } from 'node:path'
import { type CompareOptions, type Comparison, compareRuns } from '../compare/comparison.ts'
import { readComparedRun } from '../run/read-compared-run.ts'

/**
 * Compares run folders, as `lethe compare` does: settings that differ, metrics over seeds, paired changes, the Pareto front.
 *
 * @throws UserError where a folder is no run, or where runs are not alike, with every reason
 */
export function compare(
  folders: readonly string[],
  options: Partial<CompareOptions> = {},
): Comparison {
  const runs = folders.map((path) => readComparedRun(resolve(path)))
  return compareRuns(runs, {
    forgetMetric: 'forget.rougeL',
    utilityMetric: 'retain.rougeL',
    ...options,
  })
}
