import { mkdirSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { withFileErrors } from '../files/file-error.ts'
import { readStages } from '../recipe/read-stages.ts'
import { doStages } from './do-stages.ts'
import type { Terminal } from './terminal.ts'

/** Runs a recipe of stages and returns the exit code; called again it goes on, as `doStages` does. */
export async function runStages(
  file: string,
  options: { sets: readonly string[]; replace: boolean; json: boolean; terminal: Terminal },
): Promise<number> {
  const { sets, replace, terminal } = options
  const { cwd, env } = terminal
  const staged = await readStages(file, { sets, cwd, env })
  const root = resolve(cwd, staged.output)
  withFileErrors(staged.output, () => {
    if (replace) rmSync(root, { recursive: true, force: true })
    mkdirSync(root, { recursive: true })
  })
  return doStages(staged, options)
}
