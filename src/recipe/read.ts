import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Problem, UserError } from '../error.ts'
import { lookBeforeReading } from '../files/bounded-file.ts'
import { mostRecipeBytes } from '../files/bounded-json.ts'
import { parseSource, type SourceDocument } from './document.ts'
import { examine, type RecipeKind, type Resolved, sorted } from './examine-recipe.ts'
import { kindOf } from './load.ts'
import { locateFiles, outputProblems } from './locate-files.ts'
import { openPlugins, type PluginOptions } from './open-plugins.ts'
import { pretrainKind } from './pretrain-recipe.ts'
import type { PretrainRecipe } from './pretrain-schema.ts'
import type { Recipe } from './recipe-schema.ts'
import type { Registry } from './registry.ts'
import { unlearnKind } from './unlearn-recipe.ts'

/** A complete recipe of either kind. */
export type AnyRecipe =
  | ({ kind: 'unlearn' } & Resolved<Recipe>)
  | ({ kind: 'pretrain' } & Resolved<PretrainRecipe>)

export interface ReadOptions extends PluginOptions {
  /** Whether the files it names are looked for; without, its paths stay as they are written. Default true. */
  files?: boolean
}

/**
 * Reads an unlearning recipe from disk and finds the files it names. A relative path is taken from the recipe's
 * folder if there is something there, else from the current folder; `output` always from the current folder.
 *
 * @throws UserError with every problem of the file, its values and the files it names, sorted by line and column
 */
export async function readRecipe(path: string, options: ReadOptions): Promise<Resolved<Recipe>> {
  return readKind(unlearnKind, await readSource(path, options.cwd), options)
}

/** Reads an unlearning recipe from its text and finds the files it names, from the current folder; as `readRecipe`. */
export async function readRecipeText(
  text: string,
  file: string,
  options: ReadOptions,
): Promise<Resolved<Recipe>> {
  return readKind(unlearnKind, parseSource(text, file), options)
}

/** Reads a pretraining recipe from disk; otherwise as `readRecipe`. */
export async function readPretrainRecipe(
  path: string,
  options: ReadOptions,
): Promise<Resolved<PretrainRecipe>> {
  return readKind(pretrainKind, await readSource(path, options.cwd), options)
}

/** Reads a recipe of the kind it seems to be; otherwise as `readRecipe`. */
export async function readAnyRecipe(path: string, options: ReadOptions): Promise<AnyRecipe> {
  const document = await readSource(path, options.cwd)
  return kindOf(document.value) === 'pretrain'
    ? { kind: 'pretrain', ...(await readKind(pretrainKind, document, options)) }
    : { kind: 'unlearn', ...(await readKind(unlearnKind, document, options)) }
}

async function readKind<T extends object>(
  kindOver: (registry: Registry) => RecipeKind<T>,
  document: SourceDocument,
  options: ReadOptions,
): Promise<Resolved<T>> {
  const { cwd, env, files = true } = options
  const { file } = document
  const { registry, sets, stamp } = await openPlugins(document, options)
  const kind = kindOver(registry)
  const seems = kindOf(document.value)
  if (document.value !== undefined && seems !== kind.id)
    throw new UserError({
      code: 'wrong-kind',
      position: document.positionOf([]),
      expected: kind.title,
      got: {
        pretrain: 'a pretraining recipe',
        unlearn: 'an unlearning recipe',
        stages: 'a recipe of stages',
      }[seems],
      hint: `That is for lethe ${seems === 'pretrain' ? 'pretrain' : 'run'} ${file}`,
    })
  const { resolved, problems, written, locate } = examine(kind, document, sets)
  if (!files) {
    if (!resolved) throw new UserError(problems)
    return { ...resolved, recipe: stamp(resolved.recipe) }
  }
  const values = resolved ? resolved.recipe : written
  const found = locateFiles(values, kind.files(values), locate, { file, cwd, env })
  const output = (values as { output?: unknown } | undefined)?.output
  const all = [...problems, ...found.problems, ...outputProblems(output, locate, cwd)]
  if (!resolved || all.length > 0) throw new UserError(sorted(all))
  return { ...resolved, recipe: stamp(found.located as T) }
}

/** Reads the bytes and parses them; UTF-8 is strict. */
export async function readSource(path: string, cwd: string): Promise<SourceDocument> {
  let bytes: Uint8Array
  try {
    lookBeforeReading(resolve(cwd, path), mostRecipeBytes)
    bytes = await readFile(resolve(cwd, path))
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(unreadable(path, error as NodeJS.ErrnoException))
  }
  try {
    return parseSource(new TextDecoder('utf-8', { fatal: true }).decode(bytes), path)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new UserError({
      code: 'not-utf8',
      path,
      expected: 'UTF-8 text',
      got: 'other bytes',
      hint: 'Save the file as UTF-8',
    })
  }
}

function unreadable(path: string, error: NodeJS.ErrnoException): Problem {
  const reasons: Record<string, string> = {
    ENOENT: 'no such file',
    ENOTDIR: 'no such file',
    EISDIR: 'a folder',
    EACCES: 'a file without read permission',
  }
  const got = reasons[error.code ?? '']
  if (!got) throw error
  return {
    code: 'unreadable-file',
    path,
    expected: 'a recipe (.yaml, .yml or .json)',
    got,
    hint: 'lethe init writes one to start from',
  }
}
