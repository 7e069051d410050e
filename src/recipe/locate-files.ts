import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { nearest, type Problem } from '../error.ts'
import { hubCacheFolder, hubFolder, hubReference } from '../hub/hub-cache.ts'
import { type Locate, problemAt } from './check.ts'
import type { Path } from './document.ts'
import type { FileReference } from './examine-recipe.ts'
import { describeValue, valueAt, withValue } from './value-path.ts'

export interface LocateOptions {
  /** The recipe's file. */
  file: string
  cwd: string
  env: Readonly<Record<string, string | undefined>>
}

/**
 * Finds the files a recipe names: a relative path is taken from the recipe's folder if there is something there, else
 * from the current folder; `hub:owner/name` is looked up in the local Hugging Face cache. Nothing is opened.
 *
 * @param written values of the recipe, perhaps wrong in other ways: what is not text is passed over
 * @returns `written` with the paths found, relative to the current folder if they are inside; and a problem for each
 *   file that is missing or of the wrong kind
 */
export function locateFiles(
  written: unknown,
  references: readonly FileReference[],
  locate: Locate,
  options: LocateOptions,
): { located: unknown; problems: Problem[] } {
  const problems: Problem[] = []
  let located = written
  for (const { at, kind } of references) {
    const path = valueAt(written, at)
    if (typeof path !== 'string' || path === '') continue
    const found = findPath(path, options)
    const wrong = found ? wrongKind(found, kind) : missing(path, kind, options)
    if (wrong) problems.push(problemAt(locate, at, 'value', wrong))
    else if (found) located = withValue(located, at, shown(found, options.cwd))
  }
  return { located, problems }
}

/** A problem unless the output folder is there, or can be made. */
export function outputProblems(output: unknown, locate: Locate, cwd: string): Problem[] {
  if (typeof output !== 'string' || output === '') return []
  let folder = resolve(cwd, output)
  while (!existsSync(folder)) folder = dirname(folder)
  const at: Path = ['output']
  if (!statSync(folder).isDirectory())
    return [
      problemAt(locate, at, 'value', {
        code: 'not-a-folder',
        expected: 'a folder',
        got: `the file ${shown(folder, cwd)}`,
      }),
    ]
  try {
    accessSync(folder, constants.W_OK)
    return []
  } catch {
    return [
      problemAt(locate, at, 'value', {
        code: 'not-writable',
        expected: 'a folder that can be written',
        got: `no permission to write in ${shown(folder, cwd)}`,
      }),
    ]
  }
}

/** The file or folder that a recipe means by a path; null where there is none. */
export function findPath(path: string, { file, cwd, env }: LocateOptions): string | null {
  const hub = /^hub:(.+)$/.exec(path)
  if (hub) return hubFolder(hub[1], env)
  const beside = resolve(cwd, dirname(file), path)
  if (existsSync(beside)) return beside
  const here = resolve(cwd, path)
  return existsSync(here) ? here : null
}

const wanted = {
  model: { expected: 'a Hugging Face model folder', needs: 'config.json' },
  tokenizer: { expected: 'a folder with tokenizer.json', needs: 'tokenizer.json' },
  data: { expected: 'a .jsonl or .json file', needs: null },
  text: { expected: 'a text file', needs: null },
  module: { expected: 'a .js, .mjs or .ts module', needs: null },
  // Every folder has itself.
  folder: { expected: 'a folder', needs: '.' },
}

type Wrong = Omit<Problem, 'path' | 'position'>

function wrongKind(found: string, kind: FileReference['kind']): Wrong | null {
  const { expected, needs } = wanted[kind]
  const isFolder = statSync(found).isDirectory()
  if (needs === null)
    return isFolder ? { code: 'not-a-file', expected, got: 'a folder', ...contents(found) } : null
  if (!isFolder) return { code: 'not-a-folder', expected, got: 'a file' }
  if (existsSync(join(found, needs))) return null
  return { code: 'missing-file', expected, got: `a folder without ${needs}`, ...contents(found) }
}

function missing(
  path: string,
  kind: FileReference['kind'],
  { file, cwd, env }: LocateOptions,
): Wrong {
  const { expected } = wanted[kind]
  if (path.startsWith('hub:')) {
    const asked = path.slice(4)
    const reference = hubReference(asked)
    if (!reference)
      return {
        code: 'invalid-name',
        expected: 'hub:owner/name or hub:owner/name@revision',
        got: describeValue(path),
      }
    const { name, revision } = reference
    return {
      code: 'missing-file',
      expected: `${asked} in the local Hugging Face cache`,
      got: `nothing of it in ${hubCacheFolder(env)}`,
      hint: `Download it first: hf download ${name}${revision === 'main' ? '' : ` --revision ${revision}`}`,
    }
  }
  const folders = [resolve(cwd, dirname(file), path), resolve(cwd, path)].map((at) => dirname(at))
  const names = folders.filter((at) => existsSync(at)).flatMap((at) => readdirSync(at))
  // Without the ending, which all data files share.
  const stem = (name: string) => name.replace(/\.\w+$/, '')
  const meant = nearest(stem(basename(path)), names.map(stem))
  const similar = names.find((name) => stem(name) === meant)
  return {
    code: 'missing-file',
    expected,
    got: `${describeValue(path)}, which is neither beside the recipe nor in the current folder`,
    ...(similar ? { hint: `Did you mean "${join(dirname(path), similar)}"?` } : {}),
  }
}

function contents(folder: string): { hint?: string } {
  const names = readdirSync(folder).sort()
  if (names.length === 0) return { hint: 'The folder is empty' }
  return { hint: `The folder has ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}` }
}

/** Relative to the current folder if inside, else absolute: "." would be another folder in the copy of the recipe. */
function shown(path: string, cwd: string): string {
  const inside = relative(cwd, path)
  return inside === '' || inside.startsWith('..') ? path : inside
}
