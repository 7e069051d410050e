import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '../error.ts'
import { parseSource } from '../recipe/document.ts'
import { readRecipe } from '../recipe/read.ts'
import type { RunFolder } from '../run/index.ts'
import { processOf } from './process-of.ts'

/** Where runs are started from. */
export interface LaunchOptions {
  readonly root: string
  /** what relative paths of recipes start from */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Starts a run in a process of its own, which goes on when the server ends.
 *
 * @param recipe its text; its output must lie in the runs folder
 * @returns the id of the run
 * @throws UserError with every problem of the recipe, or where its output lies outside
 */
export async function startRun(recipe: string, { root, cwd, env }: LaunchOptions): Promise<string> {
  const folder = join(root, '.recipes')
  const file = join(folder, `${Date.now()}.yaml`)
  const { value, problems } = parseSource(recipe, 'recipe.yaml')
  if (problems.length > 0) throw new UserError(problems)
  const output = (value as { output?: unknown } | undefined)?.output
  if (typeof output !== 'string')
    throw new UserError({
      code: 'missing',
      path: 'output',
      expected: `a folder below ${relative(cwd, root) || '.'}`,
      got: 'nothing',
    })
  const target = resolve(cwd, output)
  if (!target.startsWith(resolve(root) + sep))
    throw new UserError({
      code: 'outside',
      path: 'output',
      expected: `a folder below ${relative(cwd, root) || '.'}`,
      got: output,
    })
  await mkdir(folder, { recursive: true })
  await writeFile(file, recipe)
  await readRecipe(relative(cwd, file), { sets: [], cwd, env })
  detach(['run', relative(cwd, file)], cwd)
  return relative(root, target).split(sep).join('/')
}

/** Goes on with a run in a process of its own. */
export function resumeRun({ path }: RunFolder, { cwd }: LaunchOptions): void {
  detach(['resume', path], cwd)
}

/**
 * Asks a run to save its state and stop.
 *
 * @returns false where no process of it is known
 */
export function stopRun(run: RunFolder): boolean {
  const pid = processOf(run)
  if (pid === null) return false
  process.kill(pid, 'SIGINT')
  return true
}

function detach(argv: readonly string[], cwd: string): void {
  const main = fileURLToPath(new URL('../cli/main.js', import.meta.url))
  // From source, as tests run it, the built command line stands elsewhere.
  const built =
    basename(main) === 'main.js' && existsSync(main) ? main : resolve('dist/src/cli/main.js')
  spawn(process.execPath, [built, ...argv], { cwd, detached: true, stdio: 'ignore' }).unref()
}
