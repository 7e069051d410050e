import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../error.ts'
import { readBoundedText } from '../../files/bounded-file.ts'
import { parseBoundedJson } from '../../files/bounded-json.ts'
import { isMapping } from '../../files/mapping.ts'
import type { Benchmark } from '../benchmark.ts'

/** The split of a benchmark: which rows take part, and the name under which results say so. */
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
  const map = await readSplitMap(path, splits)
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

type SplitMap = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/**
 * Which row is in which split.
 *
 * @throws UserError that says what it is for and how it is made
 */
async function readSplitMap(
  path: string,
  { field, recipe, tune }: NonNullable<Benchmark['splits']>,
): Promise<SplitMap> {
  const why = `It tells the rows that may be tuned on (${tune.join(', ')}) from the test set`
  const refuse = (got: string) =>
    new UserError({
      code: 'missing-split',
      path,
      expected: `a JSON object { "row id": { "${field}": "${tune[0]}" }, … }`,
      got,
      hint: recipe === undefined ? why : `${why}. ${recipe}`,
    })
  if (!existsSync(path)) throw refuse('no such file')
  let map: unknown
  try {
    map = parseBoundedJson(readBoundedText(path), path)
  } catch (error) {
    throw refuse((error as Error).message)
  }
  const rows = isMapping(map) ? Object.values(map) : []
  if (rows.length > 0 && rows.every((row) => isMapping(row) && typeof row[field] === 'string'))
    return map as SplitMap
  throw refuse(rows.length === 0 ? 'something else, or an empty one' : `rows without "${field}"`)
}
