import { type FolderSource, readAll } from '../checkpoint/bytes.ts'
import { parseJsonObject } from '../checkpoint/json-text.ts'
import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import { type EncodeReport, encodeItems } from '../data/encode.ts'
import type { Example } from '../data/example.ts'
import { loadItems } from '../data/load-examples.ts'
import { UserError } from '../error.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'

/** One data set of a recipe, ready to be looked at. */
export interface DataSet {
  name: 'forget' | 'retain' | 'data'
  path: string
  examples: Example[]
  report: EncodeReport
  /** Keys of the records that are not used. */
  ignoredKeys: string[]
}

/** What of a recipe's section says how a file is read. */
export type DataSection = Pick<
  NonNullable<Recipe['retain']>,
  'path' | 'template' | 'offset' | 'limit' | 'preference'
> & { maxLength: number | null }

/** Reads and encodes one data section of a recipe. @throws UserError as `loadExamples` */
export async function loadDataSet(
  name: DataSet['name'],
  section: DataSection & { maxLength: number },
  tokenizer: Tokenizer,
): Promise<DataSet> {
  const { path, template, maxLength, offset, limit, preference } = section
  const { items, ignoredKeys, warnings } = await loadItems(path, { preference })
  const { examples, report } = encodeItems(
    items.slice(offset, limit === null ? undefined : offset + limit),
    tokenizer,
    {
      maxLength,
      ...(template === null ? {} : { template }),
    },
  )
  report.warnings.unshift(...warnings)
  return { name, path, examples, report, ignoredKeys }
}

/** The longest sequence the model of a folder takes: `max_position_embeddings` of its config.json. */
export async function longestSequence(folder: FolderSource): Promise<number> {
  const name = `${folder.name}/config.json`
  const found = parseJsonObject(name, await readAll(folder, 'config.json')).value
    .max_position_embeddings
  if (typeof found === 'number' && found > 1) return found
  throw new UserError({
    code: 'missing-length',
    path: name,
    expected: 'max_position_embeddings',
    got: String(found),
    hint: 'Set maxLength in the recipe, or give --max-length',
  })
}
