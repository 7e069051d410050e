import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Benchmark } from '../benchmark/benchmark.ts'
import { UserError } from '../error.ts'

/** Which rows take part, and the name under which results say so. */
export interface ChosenSplit {
  readonly name: string
  readonly keep: (id: string) => boolean
}

/**
 * The rows of some splits of a benchmark; null where it has none.
 *
 * @param wanted  names parted by commas; null: those it is evaluated on
 * @param test    whether splits that must not be tuned on may be read
 * @throws UserError for an unknown split, one that is locked, or without the file that says which row is in which
 */
export async function chooseSplit(
  benchmark: Benchmark,
  data: string,
  wanted: string | null,
  test: boolean,
): Promise<ChosenSplit | null> {
  const { splits } = benchmark
  if (!splits) {
    if (wanted === null) return null
    throw new UserError({
      code: 'no-splits',
      path: '--split',
      expected: `a benchmark with splits`,
      got: `${benchmark.id}, which has none`,
    })
  }
  const names = wanted?.split(',').map((name) => name.trim()) ?? splits.evaluate
  const path = join(data, splits.file)
  let map: Record<string, Record<string, unknown>>
  try {
    map = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new UserError({
      code: 'missing-split',
      path,
      expected: `a JSON object { row id: { "${splits.field}": split } }`,
      got: (error as Error).message,
      hint: 'Without it nothing tells the rows that may be tuned on from the test set',
    })
  }
  const known = [...new Set(Object.values(map).map((row) => String(row[splits.field])))]
  for (const name of names) {
    if (!known.includes(name))
      throw new UserError({
        code: 'unknown-split',
        path: '--split',
        expected: known.join(', '),
        got: name,
      })
    if (!splits.tune.includes(name) && !test)
      throw new UserError({
        code: 'locked-split',
        path: '--split',
        expected: `${splits.tune.join(' or ')}, unless --report-test is given`,
        got: name,
        hint: 'Results on it say something only if nothing was chosen by them',
      })
  }
  return { name: names.join(','), keep: (id) => names.includes(String(map[id]?.[splits.field])) }
}
