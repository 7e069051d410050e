import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../error.ts'
import { type RunFolder, runFolderAt } from './run-folder.ts'

/** The exported state of a run: its folder, with what was measured of it. */
export interface ExportedState {
  /** `step-000120` */
  readonly name: string
  readonly model: string
  readonly samples: string
  readonly metrics: string
}

/** The files of an exported state; touches none. */
export function exportedAt({ exported }: RunFolder, name: string): ExportedState {
  const at = join(exported, name)
  return { name, model: at, samples: `${at}.samples.jsonl`, metrics: `${at}.metrics.json` }
}

/** The states that were exported, the newest last. */
export function exportedStates(folder: RunFolder): ExportedState[] {
  if (!existsSync(folder.exported)) return []
  return readdirSync(folder.exported)
    .filter((name) => existsSync(join(folder.exported, name, 'config.json')))
    .sort()
    .map((name) => exportedAt(folder, name))
}

/**
 * The model folder that a path means: the path itself, or of a run folder its model, or else the newest state that was exported.
 *
 * @throws UserError for a run without either
 */
export function modelAt(path: string): string {
  const run = runFolderAt(path)
  if (existsSync(join(path, 'config.json')) || !existsSync(run.events)) return path
  if (existsSync(join(run.model, 'config.json'))) return run.model
  const exported = exportedStates(run).at(-1)
  if (exported) return exported.model
  throw new UserError({
    code: 'no-model',
    path,
    expected: 'a run that has written its model',
    got: 'one that has not',
    hint: `Write that of a saved state by \`lethe export ${path}\`, or go on by \`lethe resume ${path}\`.`,
  })
}
