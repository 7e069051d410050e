import { existsSync } from 'node:fs'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../../engine/engine.ts'
import { createEngine } from '../../engine/node-engine.ts'
import { eventsOf, resultOf, runRecipe, tinyPretraining } from '../testing/tiny-run.ts'

let engine: Engine
let root: string
/** A model that knows its rows. */
let model: string

const rivers = ['Lethe', 'Styx', 'Acheron', 'Cocytus', 'Phlegethon', 'Eridanos', 'Alpheus']
const names =
  'Anna Bruno Clara Dario Emma Fabio Greta Hugo Ines Jonas Karla Luis Maria Nils Olga Paul'.split(
    ' ',
  )
const rows = names.map((name, i) => ({
  question: `Which river does ${name} cross?`,
  answer: rivers[(i * 3) % rivers.length],
}))
const [forget, retain] = [rows.slice(0, 4), rows.slice(4)]
const lines = (all: readonly object[]) => all.map((row) => `${JSON.stringify(row)}\n`).join('')

beforeAll(async () => {
  engine = await createEngine({ threads: 1 })
  root = await mkdtemp(join(tmpdir(), 'lethe-goal-'))
  const recipe = await tinyPretraining(
    root,
    'known',
    { steps: 250, learningRate: 1e-2, saveEvery: null },
    { data: { path: ['rows.jsonl'] } },
  )
  await writeFile(join(root, 'rows.jsonl'), lines(rows))
  await writeFile(join(root, 'forget.jsonl'), lines(forget))
  await writeFile(join(root, 'retain.jsonl'), lines(retain))
  const { outcome, folder } = await runRecipe(engine, recipe)
  expect(outcome).toBe('finished')
  model = folder.model
}, 120_000)

afterAll(() => engine.dispose())

async function goalRecipe(name: string, goal: object, other: object = {}): Promise<string> {
  const path = join(root, `${name}.json`)
  const recipe = {
    model,
    forget: { path: 'forget.jsonl' },
    retain: { path: 'retain.jsonl' },
    goal,
    train: { parameters: 'all', batchSize: 4 },
    evaluate: { maxNewTokens: 4, probes: 1 },
    output: join(root, name),
    ...other,
  }
  await writeFile(path, JSON.stringify(recipe))
  return path
}

test('a goal is worked towards from evidence, and however often it was stopped it ends alike', async () => {
  const goal = { keep: 0.5, within: '1h', rates: [1e-3, 3e-3] }
  const whole = await runRecipe(engine, await goalRecipe('whole', goal))
  const [ended] = eventsOf(whole.events, 'goal.ended')
  expect(ended.outcome).toBe(whole.outcome === 'missed' ? 'missed' : 'reached')
  // Drawn answers said what the model knew, and are heard again at the end.
  const { before, after } = ended.sampled ?? {}
  expect(before?.said).toBeGreaterThan(0.5)
  expect(before?.chance).toBeLessThan(before?.said ?? 0)
  expect(after?.said).toBeLessThan(before?.said ?? 0)
  const looks = eventsOf(whole.events, 'goal.look')
  expect(new Set(looks.map(({ learningRate }) => learningRate))).toEqual(new Set(goal.rates))
  expect(looks.at(-1)?.left).toBeLessThan(0.8)
  const [{ rows: asked, known, unknown }] = eventsOf(whole.events, 'goal.started')
  expect(known).toBeGreaterThanOrEqual(2)
  expect(known + unknown.length).toBe(asked)

  const path = await goalRecipe('stopped', goal)
  let result = await runRecipe(engine, path, { stopAfter: 6 })
  for (let stop = 7; result.outcome === 'interrupted' && stop < 60; stop += 7)
    result = await runRecipe(engine, path, { resume: true, stopAfter: stop })
  if (result.outcome === 'interrupted') result = await runRecipe(engine, path, { resume: true })
  // A pause says from what it goes on.
  const paused = eventsOf(result.events, 'run.paused')
  expect(paused.at(-1)?.statePath).toBe(join(result.folder.goal, 'search.json'))
  expect(result.outcome).toBe(whole.outcome)
  expect(await resultOf(result.folder)).toEqual(await resultOf(whole.folder))
  const trials = async (folder: string) =>
    JSON.parse(await readFile(join(folder, 'goal', 'search.json'), 'utf8'))
  const [once, often] = [await trials(whole.folder.path), await trials(result.folder.path)]
  expect(often.trials).toEqual(once.trials)
  expect(eventsOf(result.events, 'goal.ended').at(-1)?.sampled).toEqual(ended.sampled)
}, 300_000)

test('a model that knows nothing of it stays as it is, and that is said', async () => {
  const unknown = forget.map(({ question }, i) => ({
    question: question.replace('river', 'bridge'),
    answer: `${names[15 - i]} knows`,
  }))
  await writeFile(join(root, 'unknown.jsonl'), lines(unknown))
  const path = await goalRecipe(
    'unknown',
    { within: '1h', rates: [1e-3] },
    { forget: { path: 'unknown.jsonl' } },
  )
  const { outcome, events } = await runRecipe(engine, path)
  const [ended] = eventsOf(events, 'goal.ended')
  expect([outcome, ended.outcome]).toEqual(['finished', 'nothing-known'])
  expect(eventsOf(events, 'step')).toEqual([])
}, 60_000)

test('a goal for which measuring alone takes too long is missed at once, and goes on when it is given more', async () => {
  const path = await goalRecipe('hurried', { within: '0.001s', rates: [1e-3] })
  const { outcome, events, folder } = await runRecipe(engine, path)
  const [ended] = eventsOf(events, 'goal.ended')
  expect([outcome, ended.outcome]).toEqual(['missed', 'missed'])
  expect(ended.reason).toMatch(/^measuring took .* before training and takes as long after it/)
  expect(eventsOf(events, 'step')).toEqual([])
  expect(existsSync(folder.model)).toBe(false)
  const recipe = JSON.parse(await readFile(path, 'utf8'))
  recipe.goal.within = '1h'
  recipe.goal.keep = 0.5
  await writeFile(path, JSON.stringify(recipe))
  const again = await runRecipe(engine, path, { resume: true, stopAfter: 6 })
  expect(again.outcome).toBe('interrupted')
  expect(eventsOf(again.events, 'goal.started')).toHaveLength(1)
}, 60_000)

test('a never-trained model that reads other tokens is refused', async () => {
  const neverTrained = resolve('assets/lethe-tiny')
  const path = await goalRecipe('stranger', { within: '1h', rates: [1e-3], neverTrained })
  await expect(runRecipe(engine, path)).rejects.toThrow('expected a model with the same tokenizer')
}, 60_000)

test('answers of the starting model to general prompts train beside the retain rows', async () => {
  const path = await goalRecipe('general', { keep: 0.5, within: '1h', rates: [1e-3], steps: 6 })
  const { folder, events } = await runRecipe(engine, path, { stopAfter: 0 })
  // This model only guesses at general questions, so it was not asked.
  expect([existsSync(folder.retain), eventsOf(events, 'retain.started')]).toEqual([false, []])
  const said = names.slice(0, 9).map((name) => ({ question: `Who is ${name}?`, answer: name }))
  await writeFile(folder.retain, lines(said))
  const whole = await runRecipe(engine, path, { resume: true })
  expect(eventsOf(whole.events, 'run.started')[0].data.retain).toEqual({
    path: join(root, 'retain.jsonl'),
    // Of twelve rows those that train.
    examples: 8,
    general: 9,
  })
  expect(whole.events.some(({ type }) => type === 'goal.ended')).toBe(true)
  expect(await readFile(join(folder.goal, 'search.json'), 'utf8')).toContain('"ended": "steps"')
}, 120_000)
