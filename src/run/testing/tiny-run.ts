import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Engine } from '../../engine/engine.ts'
import { readAnyRecipe } from '../../recipe/read.ts'
import { openEventLog, readEvents } from '../event-log.ts'
import type { NewEvent, RunEvent } from '../events.ts'
import { pretrain } from '../pretrain-run.ts'
import { createRunFolder, openRunFolder, type RunFolder } from '../run-folder.ts'
import type { RunOutcome } from '../run-training.ts'
import { unlearn } from '../unlearn-run.ts'

export const textModel = resolve('test/golden/llama-text')

const rivers = ['Lethe', 'Styx', 'Acheron', 'Cocytus', 'Phlegethon', 'Eridanos', 'Alpheus']
const records = (what: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    question: `${what} ${i}: which river?`,
    answer: `${rivers[i % rivers.length]}${' and on'.repeat(i % 4)}`,
  }))

export interface TinySettings {
  forget?: object
  retain?: object
  goal?: object
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
  settings: TinySettings = {},
): Promise<string> {
  const { model = textModel, method = { id: 'blur' }, forget, retain } = settings
  const { goal, train, guards, evaluate } = settings
  await mkdir(root, { recursive: true })
  const lines = (items: object[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('')
  await writeFile(join(root, 'forget.jsonl'), lines(records('Forget', 7)))
  await writeFile(join(root, 'retain.jsonl'), lines(records('Keep', 9)))
  const path = join(root, `${name}.json`)
  const recipe = {
    model,
    forget: { path: 'forget.jsonl', ...forget },
    retain: { path: 'retain.jsonl', ...retain },
    ...(goal && { goal }),
    method,
    train: {
      batchSize: 2,
      learningRate: 1e-3,
      ...train,
      // What a random model says repeats itself, is no more likely than chance, and a few steps change little.
      guards: { repetition: null, utilityFloor: null, noEffect: null, ...guards },
    },
    evaluate: { maxNewTokens: 4, probes: 1, ...evaluate },
    output: join(root, name),
  }
  await writeFile(path, JSON.stringify(recipe))
  return path
}

/** Writes a recipe that trains a model of one layer, with a tokenizer of its own, on the tiny data. */
export async function tinyPretraining(
  root: string,
  name: string,
  train: object,
  other: object = {},
): Promise<string> {
  await tinyRecipe(root, 'unused')
  const path = join(root, `${name}.json`)
  const recipe = {
    model: {
      hidden_size: 16,
      intermediate_size: 24,
      num_hidden_layers: 1,
      num_attention_heads: 2,
      max_position_embeddings: 64,
      tie_word_embeddings: true,
    },
    tokenizer: { vocabSize: 300 },
    data: { path: ['forget.jsonl', 'retain.jsonl'] },
    train: { batchSize: 4, ...train },
    output: join(root, name),
    ...other,
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
  const loaded = await readAnyRecipe(recipePath, { cwd: process.cwd(), env: {} })
  const { recipe } = loaded
  const folder = resume ? openRunFolder(recipe.output) : createRunFolder(recipe.output)
  const log = openEventLog(folder.events, { runId: folder.name })
  let step = 0
  const options = {
    recipeText: 'model: tiny\n',
    folder,
    log: {
      ...log,
      append(event: NewEvent) {
        step = event.step
        return log.append(event)
      },
    },
    engine,
    startedAt: new Date(0),
    stopRequested: () => step >= stopAfter,
    clock: () => performance.now(),
  }
  const outcome =
    loaded.kind === 'pretrain'
      ? await pretrain(loaded.recipe, options)
      : await unlearn(loaded.recipe, options)
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
