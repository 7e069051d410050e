import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { createEngine } from '../engine/node.ts'
import { UserError } from '../error.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { copyFolderAtomic } from '../files/copy-folder.ts'
import { editModel } from '../job/edit-model.ts'
import { mergeModels } from '../job/merge-models.ts'
import { writeStages } from '../job/stages-file.ts'
import { type CellTask, cellTask } from '../job/sweep.ts'
import type { PlannedStage, StagedRecipe } from '../recipe/read-stages.ts'
import { toYaml } from '../recipe/write.ts'
import { readEvents } from '../run/event-log.ts'
import { createRunFolder, openRunFolder } from '../run/run-folder.ts'
import { execute } from './execute.ts'
import { exitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

type Unlearning = PlannedStage & { kind: 'unlearn' }
type Editing = PlannedStage & { kind: 'edit' }
type Merging = PlannedStage & { kind: 'merge' }

/**
 * Does stages one after another and returns the exit code; those that are done are skipped, one that was stopped goes on,
 * and one that a guard stopped stops all. The model of the last becomes `<output>/model`.
 *
 * @throws UserError before anything is done where there are results of other settings
 */
export async function doStages(
  staged: StagedRecipe,
  options: { json: boolean; terminal: Terminal },
): Promise<number> {
  const { json, terminal } = options
  const { output, stages } = staged
  const { cwd, err, out } = terminal
  const root = resolve(cwd, output)
  for (const stage of stages)
    await (stage.kind === 'merge'
      ? checkMerge(stage, root, output)
      : stage.kind === 'edit'
        ? checkEdit(stage, cwd)
        : checkRun(stage, cwd))
  await writeStages(root, staged)
  for (const [i, stage] of stages.entries()) {
    err.write(`stage ${i + 1} of ${stages.length}, ${stage.name}\n`)
    const code =
      stage.kind === 'merge'
        ? await merge(stage, root)
        : stage.kind === 'edit'
          ? await edit(stage, `lethe run ${staged.file}`, terminal)
          : await unlearn(stage, `lethe run ${staged.file}`, options)
    if (code !== exitCode.done) {
      err.write(
        code === exitCode.interrupted
          ? `stopped in stage ${stage.name}; lethe resume ${output} goes on\n`
          : `stage ${stage.name} was stopped; later stages were not begun\n`,
      )
      return code
    }
  }
  const last = stages.at(-1) as PlannedStage
  const model = join(root, 'model')
  await copyFolderAtomic(join(root, last.folder, 'model'), model)
  if (!json) out.write(`model  ${model}\n`)
  return exitCode.done
}

/** What is in a stage's folder is kept, unless it never came to a state to go on from. */
const keeps = (task: CellTask) => task === 'skip' || task === 'resume'

async function checkRun({ recipe }: Unlearning, cwd: string): Promise<void> {
  const path = resolve(cwd, recipe.output)
  if (!keeps(await cellTask(path, cwd))) return
  const there = parse(await readFile(join(path, 'recipe.yaml'), 'utf8'))
  if (JSON.stringify(there) !== JSON.stringify(recipe)) throw otherSettings(recipe.output, 'a run')
}

async function unlearn(
  stage: Unlearning,
  header: string,
  { json, terminal }: { json: boolean; terminal: Terminal },
): Promise<number> {
  const { recipe, provenance } = stage
  const path = resolve(terminal.cwd, recipe.output)
  const task = await cellTask(path, terminal.cwd)
  if (task === 'skip') return stageCode(join(path, 'events.jsonl'))
  const folder =
    task === 'resume' ? openRunFolder(path) : createRunFolder(path, { replace: task === 'replace' })
  const recipeText = toYaml(recipe, provenance, [`${header}, stage ${stage.name}`])
  if (task !== 'resume') await writeFileAtomic(folder.recipe, recipeText)
  const code = await execute({
    loaded: stage,
    recipeText,
    folder,
    resume: task === 'resume',
    terminal,
    json,
  })
  return code === exitCode.guard ? stageCode(folder.events) : code
}

/** A stage that forgot nothing may be gone on from; a model that a guard found broken may not. */
function stageCode(events: string): number {
  const broken = readEvents(events).some(
    (event) => event.type === 'guard.tripped' && event.guard !== 'no-effect',
  )
  return broken ? exitCode.guard : exitCode.done
}

/** An edited model is whole or not there; what was begun and not finished is done again. */
async function checkEdit({ recipe }: Editing, cwd: string): Promise<void> {
  const path = resolve(cwd, recipe.output)
  if (!existsSync(join(path, 'model', 'config.json'))) return
  const there = parse(await readFile(join(path, 'recipe.yaml'), 'utf8'))
  if (JSON.stringify(there) !== JSON.stringify(recipe))
    throw otherSettings(recipe.output, 'an edit')
}

async function edit(
  { name, recipe, provenance }: Editing,
  header: string,
  { cwd, err }: Terminal,
): Promise<number> {
  const path = resolve(cwd, recipe.output)
  const target = join(path, 'model')
  if (existsSync(join(target, 'config.json'))) return exitCode.done
  const text = toYaml(recipe, provenance, [`${header}, stage ${name}`])
  await writeFileAtomic(join(path, 'recipe.yaml'), text)
  const engine = await createEngine()
  try {
    await editModel({ engine, recipe, target, progress: (line) => err.write(`${line}\n`) })
  } finally {
    engine.dispose()
  }
  return exitCode.done
}

/** What a merge was made of, beside its model; written once that is whole. */
const mergeFile = (root: string, { folder }: Merging) => join(root, folder, 'merge.json')

const mergeText = ({ base, models, weights, rule, knobs }: Merging) =>
  `${JSON.stringify({ base, models, weights, rule, knobs }, null, 2)}\n`

async function checkMerge(stage: Merging, root: string, output: string): Promise<void> {
  const path = mergeFile(root, stage)
  if (existsSync(path) && (await readFile(path, 'utf8')) !== mergeText(stage))
    throw otherSettings(join(output, stage.folder), 'a merge')
}

async function merge(stage: Merging, root: string): Promise<number> {
  const target = join(root, stage.folder, 'model')
  const done = mergeFile(root, stage)
  if (existsSync(done) && existsSync(join(target, 'config.json'))) return exitCode.done
  await mergeModels({ ...stage, target, replace: true })
  await writeFileAtomic(done, mergeText(stage))
  return exitCode.done
}

function otherSettings(path: string, what: string): UserError {
  return new UserError({
    code: 'other-recipe',
    path,
    expected: `${what} of this stage, or none`,
    got: `${what} of other settings`,
    hint: 'Give --replace to begin all stages again, or choose another output',
  })
}
