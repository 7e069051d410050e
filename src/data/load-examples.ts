import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import { UserError } from '../error.ts'
import { type EncodeOptions, type EncodeReport, encodeItems } from './encode.ts'
import type { Example } from './example.ts'
import { firstProblems } from './first-problems.ts'
import { type Item, toItems } from './items.ts'
import { readRecords } from './read-records.ts'

export interface LoadOptions extends EncodeOptions {
  /** Which answer of {…, chosen, rejected} is used; `chosen` unless given, a forget set wants `rejected`. */
  preference?: 'chosen' | 'rejected'
}

export interface LoadReport extends EncodeReport {
  file: string
  /** Keys that no shape uses (`id`, `task`, …). */
  ignoredKeys: string[]
}

/**
 * Reads a data file and encodes it.
 *
 * @param path a .jsonl or .json file
 * @throws UserError listing what is wrong with the file, its records or their encoding (the first 20, then a count)
 */
export async function loadExamples(
  path: string,
  tokenizer: Tokenizer,
  options: LoadOptions,
): Promise<{ examples: Example[]; report: LoadReport }> {
  const { items, ignoredKeys, warnings } = await loadItems(path, options)
  const { examples, report } = encodeItems(items, tokenizer, options)
  report.warnings.unshift(...warnings)
  return { examples, report: { ...report, file: path, ignoredKeys } }
}

/** Reads a data file without a tokenizer: enough to check its records and its overlap with another. */
export async function loadItems(
  path: string,
  options: Pick<LoadOptions, 'preference'> = {},
): Promise<{ items: Item[]; ignoredKeys: string[]; warnings: EncodeReport['warnings'] }> {
  const { problems, ...formatted } = toItems(await readRecords(path), options)
  if (problems.length > 0) throw new UserError(firstProblems(problems))
  return formatted
}
