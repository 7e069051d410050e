import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { writeFileAtomic } from '../checkpoint/index.ts'
import { createEngine } from '../engine/node.ts'
import { UserError } from '../error.ts'
import { type PlannedStage, readStages } from '../recipe/read-stages.ts'
import { toYaml } from '../recipe/write.ts'
import { editModel } from '../run/edit-model.ts'
import { withFileErrors } from '../run/file-error.ts'
import { createRunFolder, openRunFolder, readEvents } from '../run/index.ts'
import { mergeModels } from '../run/merge-models.ts'
import { cellTask } from '../run/sweep.ts'
import { execute } from './execute.ts'
import { exitCode } from './exit-code.ts'
import type { Terminal } from './terminal.ts'

/**
 * Runs a recipe of stages and returns the exit code. Called again it skips stages that are done and goes on with one that
 * was stopped; a stage that a guard stopped stops all.
 */
export async function runStages(
  file: string,
  options: { sets: readonly string[]; replace: boolean; json: boolean; terminal: Terminal },
): Promise<number> {
  const { sets, replace, json, terminal } = options
  const { cwd, env, err, out } = terminal
  const { output, stages } = await readStages(file, { sets, cwd, env })
  const root = resolve(cwd, output)
  withFileErrors(output, () => {
    if (replace) rmSync(root, { recursive: true, force: true })
    mkdirSync(root, { recursive: true })
  })
  for (const [i, stage] of stages.entries()) {
    err.write(`stage ${i + 1} of ${stages.length}, ${stage.name}\n`)
    const header = `lethe run ${file}`
    const code =
      stage.kind === 'merge'
        ? await merge(stage, root)
        : stage.kind === 'edit'
          ? await edit(stage, header, terminal)
          : await unlearn(stage, header, { json, terminal })
    if (code !== exitCode.done) {
      err.write(
        code === exitCode.interrupted
          ? `stopped in stage ${stage.name}; the same command goes on\n`
          : `stage ${stage.name} was stopped; later stages were not begun\n`,
      )
      return code
    }
  }
  const last = stages.at(-1) as PlannedStage
  const model = join(root, 'model')
  rmSync(model, { recursive: true, force: true })
  cpSync(join(root, last.folder, 'model'), model, { recursive: true })
  if (!json) out.write(`model  ${model}\n`)
  return exitCode.done
}

async function unlearn(
  stage: PlannedStage & { kind: 'unlearn' },
  header: string,
  { json, terminal }: { json: boolean; terminal: Terminal },
): Promise<number> {
  const { recipe, provenance } = stage
  const path = resolve(terminal.cwd, recipe.output)
  const task = await cellTask(path)
  if (task === 'skip') {
    checkSame(path, recipe)
    return stageCode(join(path, 'events.jsonl'))
  }
  const folder =
    task === 'resume' ? openRunFolder(path) : createRunFolder(path, { replace: task === 'replace' })
  const recipeText = toYaml(recipe, provenance, [`${header}, stage ${stage.name}`])
  if (task !== 'resume') await writeFileAtomic(folder.recipe, recipeText)
  const loaded = stage
  const code = await execute({
    loaded,
    recipeText,
    folder,
    resume: task === 'resume',
    terminal,
    json,
  })
  return code === exitCode.guard ? stageCode(folder.events) : code
}

/** @throws UserError where a stage was done with other settings */
function checkSame(path: string, recipe: { readonly output: string }): void {
  const there = parse(readFileSync(join(path, 'recipe.yaml'), 'utf8'))
  if (JSON.stringify(there) === JSON.stringify(recipe)) return
  throw new UserError({
    code: 'other-recipe',
    path: recipe.output,
    expected: 'a run of this stage, or none',
    got: 'a run of other settings',
    hint: 'Give --replace to begin all stages again, or choose another output',
  })
}

/** A stage that forgot nothing may be gone on from; a model that a guard found broken may not. */
function stageCode(events: string): number {
  const broken = readEvents(events).some(
    (event) => event.type === 'guard.tripped' && event.guard !== 'no-effect',
  )
  return broken ? exitCode.guard : exitCode.done
}

async function merge(stage: PlannedStage & { kind: 'merge' }, root: string): Promise<number> {
  const target = join(root, stage.folder, 'model')
  if (existsSync(join(target, 'config.json'))) return exitCode.done
  mkdirSync(join(root, stage.folder), { recursive: true })
  await mergeModels({ ...stage, target, replace: false })
  return exitCode.done
}

async function edit(
  { name, recipe, provenance }: PlannedStage & { kind: 'edit' },
  header: string,
  { cwd, err }: Terminal,
): Promise<number> {
  const path = resolve(cwd, recipe.output)
  const target = join(path, 'model')
  if (existsSync(join(target, 'config.json'))) {
    checkSame(path, recipe)
    return exitCode.done
  }
  mkdirSync(path, { recursive: true })
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
