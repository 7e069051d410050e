import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve, sep } from 'node:path'
import { type Problem, UserError } from '../error.ts'
import { commandLineFile } from '../files/package.ts'
import { beginRun } from '../job/begin-run.ts'
import { processLauncher } from '../job/launcher.ts'
import { parseSource } from '../recipe/document.ts'
import type { Resolved } from '../recipe/examine-recipe.ts'
import { readRecipeText } from '../recipe/read.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import { writtenPlugins } from '../recipe/section/plugins-section.ts'
import type { Plan } from '../run/plan/estimate-run.ts'
import type { RunFolder } from '../run/run-folder.ts'
import { processOf } from '../run/run-process.ts'
import { isInside } from './inside.ts'

/** The runs folder, and the surroundings that runs are started in. */
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
export async function checkedRecipe(
  text: string,
  options: LaunchOptions,
): Promise<Resolved<Recipe>> {
  const { value } = parseSource(text, 'recipe.yaml')
  noPlugins(value)
  // Before any file it names is looked for.
  mustBeInside((value as { output?: unknown } | undefined)?.output, options)
  const resolved = await readRecipeText(text, 'recipe.yaml', options)
  mustBeInside(resolved.recipe.output, options)
  return resolved
}

/** Whoever reaches the server could run any file of the machine. */
function noPlugins(value: unknown): void {
  if (writtenPlugins(value).length === 0) return
  throw new UserError({
    code: 'plugins',
    path: 'plugins',
    expected: 'a recipe without plugins, since the studio runs no code that a form names',
    got: 'plugins',
    hint: 'lethe run runs it',
  })
}

function mustBeInside(output: unknown, { root, cwd }: LaunchOptions): void {
  if (typeof output !== 'string' || isInside(root, resolve(cwd, output))) return
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
 * @returns the id of the run, whose folder is there
 * @throws UserError as `checkedRecipe`, or where the folder holds a run already
 */
export async function startRun(text: string, options: LaunchOptions): Promise<string> {
  const { root, cwd } = options
  const folder = await beginRun(await checkedRecipe(text, options), { cwd, header: 'lethe studio' })
  resumeRun(folder, options)
  return relative(root, folder.path).split(sep).join('/')
}

/** Goes on with a run in a process of its own. */
export function resumeRun({ path }: RunFolder, { cwd }: LaunchOptions): void {
  processLauncher({ cwd, stop: null })(path).catch(console.error)
}

/**
 * Plans a run, with a few of its steps timed in a process of its own.
 *
 * @throws UserError as `checkedRecipe`, or where it does not fit
 */
export async function timedPlan(text: string, options: LaunchOptions): Promise<Plan> {
  await checkedRecipe(text, options)
  const folder = await mkdtemp(join(tmpdir(), 'lethe-plan-'))
  try {
    const file = join(folder, 'recipe.yaml')
    await writeFile(file, text)
    const said = await new Promise<string>((done) => {
      const argv = [commandLineFile(), 'plan', file, '--json']
      execFile(process.execPath, argv, { cwd: options.cwd }, (_, out) => done(out))
    })
    const answer = JSON.parse(said) as { ok: boolean; plan: Plan; problems: Problem[] }
    if (!answer.ok) throw new UserError(answer.problems)
    return answer.plan
  } finally {
    await rm(folder, { recursive: true })
  }
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
