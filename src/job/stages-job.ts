import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createEngine } from '../engine/node-engine.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { copyFolderAtomic } from '../files/copy-folder.ts'
import { withFileErrors } from '../files/file-error.ts'
import { holdFolder, lockName } from '../files/hold-folder.ts'
import type { PlannedStage, StagedRecipe } from '../recipe/read-stages.ts'
import { toYaml } from '../recipe/write.ts'
import { readEvents } from '../run/event-log.ts'
import { runFolderAt } from '../run/run-folder.ts'
import { performCell } from './cell.ts'
import { cellTask } from './cell-state.ts'
import type { WorkContext } from './context.ts'
import { editModel } from './edit-model.ts'
import { mergeModels } from './merge-models.ts'
import { type Claim, refuseOtherResults } from './other-results.ts'
import type { JobOutcome } from './outcome.ts'
import { endOf, performRun } from './run-job.ts'
import { writeStages } from './stages-file.ts'

type Unlearning = PlannedStage & { kind: 'unlearn' }
type Editing = PlannedStage & { kind: 'edit' }
type Merging = PlannedStage & { kind: 'merge' }

/**
 * Makes the folder of stages, or takes the one that is there, with what is to be performed in it.
 *
 * @param replace whether what is there is deleted
 * @throws UserError before anything is written where there are results of other settings
 */
export async function beginStages(
  staged: StagedRecipe,
  { cwd, replace = false }: { cwd: string; replace?: boolean },
): Promise<void> {
  const root = resolve(cwd, staged.output)
  await holdFolder(root, async () => {
    if (replace)
      withFileErrors(staged.output, () => {
        for (const name of readdirSync(root))
          if (name !== lockName) rmSync(join(root, name), { recursive: true, force: true })
      })
    const claims: Claim[] = []
    for (const stage of staged.stages) {
      const claim = await claimOf(stage, root, staged.output, cwd)
      if (claim) claims.push(claim)
    }
    refuseOtherResults(claims)
    await writeStages(root, staged)
  })
}

/**
 * Does stages one after another; those that are done are skipped, one that was stopped goes on, and one that a guard stopped stops
 * all. The model of the last becomes `<output>/model`.
 *
 * @throws UserError as `beginStages`
 */
export function performStages(staged: StagedRecipe, context: WorkContext): Promise<JobOutcome> {
  return holdFolder(resolve(context.cwd, staged.output), () => performEach(staged, context))
}

async function performEach(staged: StagedRecipe, context: WorkContext): Promise<JobOutcome> {
  const { output, stages, file } = staged
  const { cwd, tell, stopRequested } = context
  await beginStages(staged, { cwd })
  const root = resolve(cwd, output)
  for (const [index, stage] of stages.entries()) {
    tell({ kind: 'stage', name: stage.name, index, of: stages.length })
    const header = `lethe run ${file}, stage ${stage.name}`
    const outcome = stopRequested()
      ? 'interrupted'
      : stage.kind === 'merge'
        ? await merge(stage, root)
        : stage.kind === 'edit'
          ? await edit(stage, header, context)
          : await unlearn(stage, header, context)
    if (outcome !== 'finished') {
      tell({ kind: 'stage-stopped', name: stage.name, outcome, output })
      return outcome
    }
  }
  const last = stages.at(-1) as PlannedStage
  const model = join(root, 'model')
  await copyFolderAtomic(join(root, last.folder, 'model'), model)
  tell({ kind: 'model', path: model })
  return 'finished'
}

/** What is in a stage's folder is kept, unless it never came to a state to go on from. */
async function claimOf(
  stage: PlannedStage,
  root: string,
  output: string,
  cwd: string,
): Promise<Claim | null> {
  const path = join(root, stage.folder)
  const kept =
    stage.kind === 'merge' ||
    (stage.kind === 'edit' ? isModel(path) : ['skip', 'resume'].includes(await cellTask(path, cwd)))
  if (!kept) return null
  const what = { unlearn: 'a run', edit: 'an edit', merge: 'a merge' }[stage.kind]
  return {
    path: join(output, stage.folder),
    file: stage.kind === 'merge' ? mergeFile(path) : runFolderAt(path).recipe,
    settings: stage.kind === 'merge' ? mergeSettings(stage) : stage.recipe,
    wanted: `${what} of this stage`,
    what,
    hint: 'Give --replace to begin all stages again, or choose another output',
  }
}

async function unlearn(
  stage: Unlearning,
  header: string,
  context: WorkContext,
): Promise<JobOutcome> {
  const { cwd } = context
  const folder = runFolderAt(resolve(cwd, stage.recipe.output))
  const task = await cellTask(folder.path, cwd)
  if (task === 'skip') return endOf(readEvents(folder.events))
  const launch = () => performRun(folder, context)
  return performCell(task, stage, header, { cwd, launch })
}

/** An edited or merged model is whole or not there; what was begun and not finished is done again. */
function isModel(path: string): boolean {
  return existsSync(join(path, 'model', 'config.json'))
}

async function edit(
  { recipe, provenance }: Editing,
  header: string,
  { cwd, tell }: WorkContext,
): Promise<JobOutcome> {
  const path = resolve(cwd, recipe.output)
  if (isModel(path)) return 'finished'
  await writeFileAtomic(runFolderAt(path).recipe, toYaml(recipe, provenance, [header]))
  const engine = await createEngine()
  try {
    await editModel({
      engine,
      recipe,
      target: join(path, 'model'),
      progress: (text, step) => tell({ kind: 'progress', text, step: step ?? null }),
    })
  } finally {
    engine.dispose()
  }
  return 'finished'
}

/** What a merge was made of, beside its model; written once that is whole. */
const mergeFile = (path: string) => join(path, 'merge.json')

const mergeSettings = ({ base, models, weights, rule, knobs }: Merging) => {
  return { base, models, weights, rule, knobs }
}

async function merge(stage: Merging, root: string): Promise<JobOutcome> {
  const path = join(root, stage.folder)
  const done = mergeFile(path)
  if (existsSync(done) && isModel(path)) return 'finished'
  await mergeModels({ ...stage, target: join(path, 'model'), replace: true })
  await writeFileAtomic(done, `${JSON.stringify(mergeSettings(stage), null, 2)}\n`)
  return 'finished'
}
