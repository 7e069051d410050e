import { readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { UserError } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { withFileErrors } from '../files/file-error.ts'
import { holdFolder } from '../files/hold-folder.ts'
import { readAnyRecipe } from '../recipe/read.ts'
import { toYaml } from '../recipe/write.ts'
import { openEventLog, readEvents } from '../run/event-log.ts'
import { openRunFolder, type RunFolder } from '../run/run-folder.ts'
import type { WorkContext } from './context.ts'
import { readStagesFile } from './stages-file.ts'

/** What the records before training are of, and where a run lies: other values would be another run. */
const fixed = ['model', 'forget', 'retain', 'data', 'tokenizer', 'evaluate', 'output', 'plugins']

/**
 * Gives a run that has not finished other settings to go on with. Where a guard stopped it, the states from after the trouble are
 * removed, so that it goes on from its last good one, or begins again where there is none.
 *
 * @param sets `path=value` texts
 * @throws UserError for stages, a finished run, and settings that cannot change
 */
export async function changeSettings(
  path: string,
  sets: readonly string[],
  { cwd, env }: Pick<WorkContext, 'cwd' | 'env'>,
): Promise<void> {
  if (await readStagesFile(path)) throw refused(path, 'a run folder', 'a folder of stages')
  const folder = openRunFolder(path)
  await holdFolder(folder.path, async () => {
    const events = readEvents(folder.events)
    const last = events.findLast(({ type }) => type.startsWith('run.') || type === 'guard.tripped')
    if (last?.type === 'run.finished')
      throw refused(path, 'a run that has not finished', 'a finished one')
    const now = await readAnyRecipe(folder.recipe, { cwd, env })
    const changed = await readAnyRecipe(folder.recipe, { sets, cwd, env })
    for (const key of fixed) {
      const [a, b] = [now.recipe, changed.recipe].map((recipe) =>
        JSON.stringify((recipe as Record<string, unknown>)[key]),
      )
      if (a !== b) throw refused(`--set ${key}`, `${key} as the run began with it`, `${b}`)
    }
    if (last?.type === 'guard.tripped') dropStates(folder, last.lastGoodState)
    dropMeasured(folder)
    const header = `lethe resume ${path} ${sets.map((text) => `--set ${text}`).join(' ')}`
    await writeFileAtomic(folder.recipe, toYaml(changed.recipe, changed.provenance, [header]))
    const log = openEventLog(folder.events, { runId: folder.name })
    log.append({
      type: 'warning',
      step: last?.step ?? 0,
      code: 'settings-changed',
      message: `goes on with other settings: ${sets.join(', ')}`,
      hint: null,
    })
    log.close()
  })
}

/** Removes the states that are newer than the last good one; all of them where that is the starting model. */
function dropStates({ state }: RunFolder, lastGood: string | null): void {
  const good = lastGood === null ? '' : basename(lastGood)
  const names = withFileErrors(state, () => readdirSync(state))
  const kept = names.includes(good) ? good : ''
  for (const name of names)
    if (name > kept) withFileErrors(state, () => rmSync(join(state, name), { recursive: true }))
}

/** What was measured of states that these settings would not lead to. */
function dropMeasured({ exported, gguf }: RunFolder): void {
  for (const path of [exported, gguf])
    withFileErrors(path, () => rmSync(path, { recursive: true, force: true }))
}

function refused(path: string, expected: string, got: string): UserError {
  return new UserError({
    code: 'fixed-settings',
    path,
    expected,
    got,
    hint: 'A new run, with another output, can have any settings',
  })
}
