import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { nearest, UserError } from '../error.ts'
import { withFileErrors, withReadErrors } from '../files/file-error.ts'
import { lockName } from '../files/hold-folder.ts'
import { readEvents } from './event-log.ts'

/** A run's files, as absolute paths. */
export interface RunFolder {
  /** last part of the path */
  name: string
  path: string
  /** resolved, with the provenance of each value */
  recipe: string
  events: string
  metrics: string
  samples: string
  /** what `retain: auto` keeps, as the starting model said it */
  retain: string
  /** number of the process that works on it, while one does */
  pid: string
  /** folder of resumable states */
  state: string
  /** folder of what a goal was reached by: levels, trials, the best state */
  goal: string
  /** Hugging Face folder with the model card */
  model: string
  /** folder of models that were made of saved states */
  exported: string
  /** folder of GGUF files, and of what was measured of them */
  gguf: string
  report: string
  /** folder of evaluations on benchmarks */
  evaluation: string
  /** folder of TensorBoard event files, where the recipe asks for them */
  tensorboard: string
  /** what an MLflow server has of it, likewise */
  mlflow: string
}

/** The paths of a run folder at `path`; touches no file. */
export function runFolderAt(path: string): RunFolder {
  const full = resolve(path)
  return {
    name: basename(full),
    path: full,
    recipe: join(full, 'recipe.yaml'),
    events: join(full, 'events.jsonl'),
    metrics: join(full, 'metrics.json'),
    samples: join(full, 'samples.jsonl'),
    retain: join(full, 'retain.jsonl'),
    pid: join(full, 'run.pid'),
    state: join(full, 'state'),
    goal: join(full, 'goal'),
    model: join(full, 'model'),
    exported: join(full, 'exported'),
    gguf: join(full, 'gguf'),
    report: join(full, 'report.html'),
    evaluation: join(full, 'evaluation'),
    tensorboard: join(full, 'tensorboard'),
    mlflow: join(full, 'mlflow.json'),
  }
}

/**
 * Makes the folder of a new run, with the folders above it.
 *
 * @param options  `replace`: delete the run that is there, unless something else is in the folder too; one that came to nothing
 *   before anything was measured is deleted without
 * @throws UserError where the folder already holds anything (unless replaced), or cannot be written
 */
export function createRunFolder(
  path: string,
  { replace = false }: { replace?: boolean } = {},
): RunFolder {
  const run = runFolderAt(path)
  const isOwn = holdsRun(run) && (replace || cameToNothing(run)) ? ownEntry : () => false
  const present = withFileErrors(run.path, () => {
    mkdirSync(run.path, { recursive: true })
    return readdirSync(run.path).filter((name) => name !== lockName)
  })
  const found = present.filter((name) => !isOwn(name))
  if (found.length > 0)
    throw new UserError({
      code: 'run-exists',
      path: run.path,
      expected: 'an empty or new folder',
      got:
        holdsRun(run) && !replace
          ? 'a folder with a run'
          : `a folder with ${found.slice(0, 3).join(', ')}`,
      hint:
        holdsRun(run) && !replace
          ? `Go on with it by \`lethe resume ${path}\`, give --replace to begin anew, or choose another \`output\`.`
          : 'Choose another `output`.',
    })
  withFileErrors(run.path, () => {
    // The log is there from the first to the last, so that what a killed process leaves is a run, and can be replaced.
    for (const name of present)
      if (name !== basename(run.events))
        rmSync(join(run.path, name), { recursive: true, force: true })
    writeFileSync(run.events, '')
    mkdirSync(run.state)
  })
  return run
}

/**
 * Opens the folder of an existing run.
 *
 * @throws UserError with the nearest name where there is none, or where the folder may not be read
 */
export function openRunFolder(path: string): RunFolder {
  const run = runFolderAt(path)
  if (holdsRun(run)) return run
  // What may not be looked into seems empty.
  if (existsSync(run.path)) withReadErrors(run.path, () => readdirSync(run.path))
  const others = runsIn(dirname(run.path))
  const meant = nearest(run.name, others)
  throw new UserError({
    code: 'no-run',
    path,
    expected: 'a run folder (with events.jsonl)',
    got: existsSync(run.path) ? 'a folder without a run' : 'nothing there',
    ...(meant
      ? { hint: `Did you mean "${join(dirname(path), meant)}"?` }
      : others.length > 0
        ? { hint: `Runs there: ${others.slice(0, 8).join(', ')}.` }
        : {}),
  })
}

function holdsRun(run: RunFolder): boolean {
  return existsSync(run.events)
}

/** What a run has kept, from the first that it measures or asks the model on. */
const kept = [
  'samples',
  'retain',
  'metrics',
  'goal',
  'model',
  'exported',
  'gguf',
  'evaluation',
] as const

/** Whether nothing is lost with a run: it was refused, or failed, before it kept anything, or was killed while its folder was made. */
function cameToNothing(run: RunFolder): boolean {
  if (kept.some((part) => existsSync(run[part]))) return false
  if (existsSync(run.state) && readdirSync(run.state).some((name) => name.startsWith('step-')))
    return false
  if (statSync(run.events).size === 0) return !existsSync(run.recipe)
  try {
    const events = readEvents(run.events)
    return events.at(-1)?.type === 'run.failed' && events.every(({ type }) => type !== 'step')
  } catch {
    return false
  }
}

function runsIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).filter((name) => holdsRun(runFolderAt(join(folder, name))))
}

/** A part of a run, or what a killed process left of writing it. */
function ownEntry(name: string): boolean {
  const { name: _, path: __, ...parts } = runFolderAt('.')
  return Object.values(parts).some((path) => {
    const part = basename(path)
    return name === part || name === `${part}.partial` || name.startsWith(`.${part}.`)
  })
}
