import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { flatten } from '../compare/compared-run.ts'
import { type Problem, UserError } from '../error.ts'
import { readBoundedText } from '../files/bounded-file.ts'
import { parseYaml } from '../recipe/yaml.ts'
import { settingsOf } from '../run/read-compared-run.ts'
import { runFolderAt } from '../run/run-folder.ts'

/** A place where results may lie that something else made. */
export interface Claim {
  /** as messages name it */
  readonly path: string
  /** the file beside the results that says what made them: a recipe.yaml, or what has the form of the settings */
  readonly file: string
  /** what is to be made there */
  readonly settings: object
  /** `a run of this recipe` */
  readonly wanted: string
  /** `a run` */
  readonly what: string
  readonly hint: string
}

/** The place of one run of several. */
export function runClaim(recipe: { readonly output: string }, cwd: string): Claim {
  return {
    path: recipe.output,
    file: runFolderAt(resolve(cwd, recipe.output)).recipe,
    settings: recipe,
    wanted: 'a run of this recipe',
    what: 'a run',
    hint: 'Choose another --output, or delete the folder',
  }
}

/**
 * Results of another recipe must not pass for those of this one.
 *
 * @throws UserError with every place that has such, and where they differ
 */
export function refuseOtherResults(claims: readonly Claim[]): void {
  const problems = claims.flatMap(({ path, file, settings, wanted, what, hint }): Problem[] => {
    if (!existsSync(file)) return []
    const differing = differences(flatten(settings), settingsIn(readBoundedText(file)))
    if (differing.length === 0) return []
    const [first, more] = [differing[0], differing.length - 1]
    return [
      {
        code: 'other-recipe',
        path,
        expected: `${wanted}, or none`,
        got: `${what} of other settings: ${first.path} ${shown(first.theirs)} instead of ${shown(first.ours)}${more > 0 ? `, and ${more} more` : ''}`,
        hint,
      },
    ]
  })
  if (problems.length > 0) throw new UserError(problems)
}

/** Lists the paths at which two sets of settings differ. */
export function differences(
  ours: Readonly<Record<string, unknown>>,
  theirs: Readonly<Record<string, unknown>>,
): { readonly path: string; readonly ours: unknown; readonly theirs: unknown }[] {
  return Object.keys({ ...ours, ...theirs })
    .map((path) => ({ path, ours: ours[path], theirs: theirs[path] }))
    .filter((one) => JSON.stringify(one.ours) !== JSON.stringify(one.theirs))
}

/** Of an unlearning recipe with the defaults that are younger than it. */
function settingsIn(text: string): Record<string, unknown> {
  const written = parseYaml(text, 'recipe.yaml') as { method?: unknown } | null
  return written?.method === undefined ? flatten(written) : settingsOf(text)
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? 'none'
}
