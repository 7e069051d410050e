import { join, resolve } from 'node:path'
import { loadItems } from '../data/load-examples.ts'
import { type Problem, UserError } from '../error.ts'
import { isMapping } from '../files/mapping.ts'
import type { SourceDocument } from './document.ts'
import { type EditRecipe, editKind } from './edit-recipe.ts'
import { examine, type RecipeKind, type Resolved, sorted } from './examine-recipe.ts'
import { kindOf } from './load.ts'
import { locateFiles, outputProblems } from './locate-files.ts'
import { openPlugins } from './open-plugins.ts'
import type { Setting } from './override.ts'
import { type ReadOptions, readSource } from './read.ts'
import type { Recipe } from './recipe-schema.ts'
import type { PluginSettings } from './section/plugins-section.ts'
import { isModelFolder, parseStages, type WrittenStage } from './staged.ts'
import { unlearnKind } from './unlearn-recipe.ts'
import { valueAt } from './value-path.ts'

/** A stage that is ready to be done; its folder is a run folder, or holds an edited or merged `model`. */
export type PlannedStage =
  | ({
      readonly kind: 'unlearn'
      readonly name: string
      readonly folder: string
    } & Resolved<Recipe>)
  | ({
      readonly kind: 'edit'
      readonly name: string
      readonly folder: string
    } & Resolved<EditRecipe>)
  | {
      readonly kind: 'merge'
      readonly name: string
      readonly folder: string
      readonly base: string
      readonly models: readonly string[]
      readonly weights: readonly number[]
      readonly rule: string
      readonly knobs: Readonly<Record<string, unknown>>
      /** Where the rule may come from. */
      readonly plugins?: readonly PluginSettings[]
    }

export interface StagedRecipe {
  readonly file: string
  readonly output: string
  /** The model that all begin with. */
  readonly start: string
  readonly stages: readonly PlannedStage[]
}

/** Whether a recipe is one of stages; false where it cannot be read, so that the reader of the other kinds says why. */
export async function isStaged(path: string, cwd: string): Promise<boolean> {
  try {
    return kindOf((await readSource(path, cwd)).value) === 'stages'
  } catch {
    return false
  }
}

/**
 * Reads a recipe of stages: every stage is checked before the first begins.
 *
 * @throws UserError with every problem of every stage, by line and column
 */
export async function readStages(path: string, options: ReadOptions): Promise<StagedRecipe> {
  const { cwd, env } = options
  const document = await readSource(path, cwd)
  const { registry, plugins, sets, stamp } = await openPlugins(document, options)
  const { output: written, stages } = parseStages(document, registry)
  const given = (key: string) => textOf(sets.findLast((set) => pathOf(set) === key))
  const output = given('output') ?? written
  const ofRuns = sets.filter((set) => !/^(output$|model$|edit\b)/.test(pathOf(set)))
  const ofEdits = sets.filter((set) => /^(edit|forget|retain|plugins)\b/.test(pathOf(set)))
  const start = given('model') ?? String(valueAt(document.value, ['model']))
  const models = new Map<string, string>([['start', start]])
  const problems = new Map<string, Problem>()
  const planned: PlannedStage[] = []
  for (const stage of stages) {
    const found =
      stage.kind === 'merge'
        ? mergeStage(stage)
        : stage.kind === 'edit'
          ? editStages(stage)
          : await unlearnStages(stage)
    planned.push(...found)
    models.set(stage.name, join(output, found.at(-1)?.folder ?? stage.folder, 'model'))
  }

  /** The recipe of one stage, checked; its problems are noted. */
  function readPart<T extends { model: string }>(
    kind: RecipeKind<T>,
    document: SourceDocument,
    own: { model: string; forget?: object; folder: string },
    given: readonly Setting[],
  ): Resolved<T> | null {
    const { folder, ...values } = own
    const value = isMapping(document.value) ? document.value : {}
    const whole = { ...value, ...values, output: join(output, folder) }
    const found = examine(kind, { ...document, value: whole }, given)
    const recipe = found.resolved?.recipe ?? found.written
    // What an earlier stage will leave is not there yet.
    const references = kind
      .files(recipe)
      .filter(({ at }) => at[0] !== 'model' || own.model === start)
    const { located, problems: missing } = locateFiles(recipe, references, found.locate, {
      file: document.file,
      cwd,
      env,
    })
    const wrongOutput = outputProblems(output, found.locate, cwd)
    for (const problem of sorted([...found.problems, ...missing, ...wrongOutput]))
      problems.set(JSON.stringify(problem), problem)
    return found.resolved ? { ...found.resolved, recipe: stamp(located as T) } : null
  }

  function editStages(stage: WrittenStage & { kind: 'edit' }): PlannedStage[] {
    const { name, folder, from, document } = stage
    const own = { model: models.get(from) as string, folder }
    const read = readPart(editKind(registry), document, own, ofEdits)
    if (!read) return []
    if (from === 'start') models.set('start', read.recipe.model)
    return [{ kind: 'edit', name, folder, ...read }]
  }

  /** One run, or one for each chunk. */
  async function unlearnStages(stage: WrittenStage & { kind: 'unlearn' }): Promise<PlannedStage[]> {
    const value = isMapping(stage.document.value) ? stage.document.value : {}
    const model = models.get(stage.from) as string
    const read = (folder: string, own: { model: string; forget?: object }) =>
      readPart(unlearnKind(registry), stage.document, { ...own, folder }, ofRuns)
    const whole = read(stage.folder, { model })
    if (!whole) return []
    if (stage.from === 'start') models.set('start', whole.recipe.model)
    const { name, folder, chunkSize } = stage
    if (chunkSize === null || problems.size > 0)
      return [{ kind: 'unlearn', name, folder, ...whole }]
    const { path: data, preference, offset: first, limit } = whole.recipe.forget
    const { items } = await loadItems(resolve(cwd, data), { preference })
    const end = Math.min(items.length, first + (limit ?? items.length))
    const chunks: PlannedStage[] = []
    for (let offset = first; offset < end; offset += chunkSize) {
      const previous = chunks.at(-1)?.folder
      const number = String(chunks.length + 1).padStart(2, '0')
      const place = join(folder, `chunk-${number}`)
      const forget = {
        ...(isMapping(value.forget) ? value.forget : {}),
        offset,
        limit: Math.min(chunkSize, end - offset),
      }
      const chunk = read(place, {
        forget,
        model: previous ? join(output, previous, 'model') : model,
      })
      if (chunk)
        chunks.push({ kind: 'unlearn', name: `${name} ${number}`, folder: place, ...chunk })
    }
    return chunks
  }

  /** Folders that it names are looked for, and the model that all begin with. */
  function mergeStage(stage: WrittenStage & { kind: 'merge' }): PlannedStage[] {
    const { name, folder, of, weights, rule, knobs } = stage
    const paths = of.map((_, k) => [...stage.at, 'merge', 'of', k])
    const references = [['model'], ...paths.filter((_, k) => isModelFolder(of[k]))]
    const value = isMapping(document.value) ? { ...document.value, model: start } : {}
    const { located, problems: wrong } = locateFiles(
      value,
      references.map((at) => ({ at, kind: 'model' as const })),
      (at, part) => ({ position: document.positionOf(at, part) }),
      { file: document.file, cwd, env },
    )
    for (const problem of wrong) problems.set(JSON.stringify(problem), problem)
    const base = String(valueAt(located, ['model']))
    models.set('start', base)
    const sources = of.map((each, k) =>
      isModelFolder(each) ? String(valueAt(located, paths[k])) : (models.get(each) as string),
    )
    const loaded = plugins.length > 0 ? { plugins } : {}
    return [{ kind: 'merge', name, folder, base, models: sources, weights, rule, knobs, ...loaded }]
  }

  if (problems.size > 0) throw new UserError([...problems.values()])
  const { file } = document
  return { file, output, start: models.get('start') as string, stages: planned }
}

function pathOf(setting: Setting): string {
  return typeof setting === 'string' ? setting.replace(/=.*/s, '') : setting.path
}

/** Output and model as text, whatever YAML would make of them. */
function textOf(setting: Setting | undefined): string | undefined {
  return typeof setting === 'string'
    ? setting.replace(/^[^=]*=/, '')
    : setting && String(setting.value)
}
