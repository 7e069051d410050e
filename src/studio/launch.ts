import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Problem, UserError } from '../error.ts'
import { parseSource } from '../recipe/document.ts'
import { readRecipeText } from '../recipe/read.ts'
import type { Resolved } from '../recipe/resolve.ts'
import type { Recipe } from '../recipe/schema.ts'
import type { Plan } from '../run/plan.ts'
import type { RunFolder } from '../run/run-folder.ts'
import { processOf } from './process-of.ts'

/** Where runs are started from. */
export interface LaunchOptions {
  readonly root: string
  /** what relative paths of recipes start from */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * Reads a recipe that is to run below the runs folder.
 *
 * @throws UserError with every problem of the recipe, or where its output lies outside
 */
export function checkedRecipe(text: string, options: LaunchOptions): Resolved<Recipe> {
  const { value } = parseSource(text, 'recipe.yaml')
  // Before any file it names is looked for.
  mustBeInside((value as { output?: unknown } | undefined)?.output, options)
  const resolved = readRecipeText(text, 'recipe.yaml', options)
  mustBeInside(resolved.recipe.output, options)
  return resolved
}

function mustBeInside(output: unknown, { root, cwd }: LaunchOptions): void {
  if (typeof output !== 'string' || resolve(cwd, output).startsWith(resolve(root) + sep)) return
  throw new UserError({
    code: 'outside',
    path: 'output',
    expected: `a folder below ${relative(cwd, root) || '.'}`,
    got: output,
  })
}

/**
 * Starts a run in a process of its own, which goes on when the server ends.
 *
 * @returns the id of the run
 * @throws UserError as `checkedRecipe`
 */
export async function startRun(text: string, options: LaunchOptions): Promise<string> {
  const { root, cwd } = options
  const { recipe } = checkedRecipe(text, options)
  detach(['run', await writeRecipe(text, options)], cwd)
  return relative(root, resolve(cwd, recipe.output)).split(sep).join('/')
}

/**
 * What a run will take, with a few of its steps timed in a process of its own.
 *
 * @throws UserError as `checkedRecipe`, or where it does not fit
 */
export async function timedPlan(text: string, options: LaunchOptions): Promise<Plan> {
  checkedRecipe(text, options)
  const file = await writeRecipe(text, options)
  const said = await new Promise<string>((done) => {
    execFile(
      process.execPath,
      [commandLine(), 'plan', file, '--json'],
      { cwd: options.cwd },
      (_, out) => done(out),
    )
  })
  const answer = JSON.parse(said) as { ok: boolean; plan: Plan; problems: Problem[] }
  if (!answer.ok) throw new UserError(answer.problems)
  return answer.plan
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
export function pauseRun(run: RunFolder): boolean {
  const pid = processOf(run)
  if (pid !== null) process.kill(pid, 'SIGINT')
  return pid !== null
}

/**
 * Ends a run's process at once, and waits until it is gone.
 *
 * @returns false where no process of it is known
 */
export async function killRun(run: RunFolder): Promise<boolean> {
  const pid = processOf(run)
  if (pid === null) return false
  process.kill(pid, 'SIGKILL')
  while (processOf(run) !== null) await new Promise((next) => setTimeout(next, 50))
  return true
}

/** @returns its path from the current folder */
async function writeRecipe(text: string, { root, cwd }: LaunchOptions): Promise<string> {
  const folder = join(root, '.recipes')
  await mkdir(folder, { recursive: true })
  const file = join(folder, `${Date.now()}.yaml`)
  await writeFile(file, text)
  return relative(cwd, file)
}

function detach(argv: readonly string[], cwd: string): void {
  const options = { cwd, detached: true, stdio: 'ignore' } as const
  spawn(process.execPath, [commandLine(), ...argv], options).unref()
}

/** From source, as tests run it, the built command line stands elsewhere. */
function commandLine(): string {
  const main = fileURLToPath(new URL('../cli/main.js', import.meta.url))
  return basename(main) === 'main.js' && existsSync(main) ? main : resolve('dist/src/cli/main.js')
}
