import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Engine } from '../../src/engine/engine.ts'
import { readRecipe } from '../../src/recipe/read.ts'
import {
  createRunFolder,
  openEventLog,
  openRunFolder,
  type RunEvent,
  type RunFolder,
  readEvents,
} from '../../src/run/index.ts'
import type { RunOutcome } from '../../src/run/training.ts'
import { unlearn } from '../../src/run/unlearn.ts'

export const textModel = resolve('test/golden/llama-text')

const rivers = ['Lethe', 'Styx', 'Acheron', 'Cocytus', 'Phlegethon', 'Eridanos', 'Alpheus']
const records = (what: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    question: `${what} ${i}: which river?`,
    answer: `${rivers[i % rivers.length]}${' and on'.repeat(i % 4)}`,
  }))

export interface TinySettings {
  method?: object
  train?: object
  guards?: object
  evaluate?: object
  model?: string
}

/** Writes a recipe with small data sets: 7 to forget, 9 to keep, four steps an epoch. */
export async function tinyRecipe(
  root: string,
  name: string,
  { model = textModel, method = { id: 'blur' }, train, guards, evaluate }: TinySettings = {},
): Promise<string> {
  await mkdir(root, { recursive: true })
  const lines = (items: object[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('')
  await writeFile(join(root, 'forget.jsonl'), lines(records('Forget', 7)))
  await writeFile(join(root, 'retain.jsonl'), lines(records('Keep', 9)))
  const path = join(root, `${name}.json`)
  const recipe = {
    model,
    forget: { path: 'forget.jsonl' },
    retain: { path: 'retain.jsonl' },
    method,
    train: {
      batchSize: 2,
      learningRate: 1e-3,
      ...train,
      // What a random model says repeats itself, and is no more likely than chance.
      guards: { repetition: null, utilityFloor: null, ...guards },
    },
    evaluate: { maxNewTokens: 4, probes: 1, ...evaluate },
    output: join(root, name),
  }
  await writeFile(path, JSON.stringify(recipe))
  return path
}

export interface RunResult {
  outcome: RunOutcome
  folder: RunFolder
  events: RunEvent[]
}

/** Runs a recipe in this process, or goes on with it; asked to stop once `stopAfter` steps are done. */
export async function runRecipe(
  engine: Engine,
  recipePath: string,
  { resume = false, stopAfter = Number.POSITIVE_INFINITY } = {},
): Promise<RunResult> {
  const { recipe } = await readRecipe(recipePath, { cwd: process.cwd(), env: {} })
  const folder = resume ? openRunFolder(recipe.output) : createRunFolder(recipe.output)
  const log = openEventLog(folder.events, { runId: folder.name })
  let step = 0
  const outcome = await unlearn({
    recipe,
    recipeText: 'model: tiny\n',
    folder,
    log: {
      ...log,
      append(event) {
        step = event.step
        return log.append(event)
      },
    },
    engine,
    startedAt: new Date(0),
    resume,
    stopRequested: () => step >= stopAfter,
    clock: () => performance.now(),
  })
  log.close()
  return { outcome, folder, events: readEvents(folder.events) }
}

/** What must be the same however often a run was stopped. */
export async function resultOf(folder: RunFolder): Promise<{ model: string; metrics: string }> {
  const model = await readFile(join(folder.model, 'model.safetensors'))
  return { model: model.toString('base64'), metrics: await readFile(folder.metrics, 'utf8') }
}

export function eventsOf<T extends RunEvent['type']>(events: readonly RunEvent[], type: T) {
  return events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type)
}
