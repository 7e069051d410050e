import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventLine } from '../cli/event-line.ts'
import { loadItems } from '../data/load-examples.ts'
import type { Engine } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import { generalPrompts } from '../questions/general-prompts.ts'
import { readRecipe } from '../recipe/read.ts'
import { openModel } from '../train/session.ts'
import { plannedRetain, wholeSentences } from './automatic-retain.ts'
import { probeRun } from './plan/probe-run.ts'
import { planRun } from './plan/run-plan.ts'
import { eventsOf, resultOf, runRecipe, tinyRecipe } from './testing/tiny-run.ts'

let root: string
let engine: Engine
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lethe-automatic-'))
  engine = await createEngine()
})
afterAll(async () => {
  engine.dispose()
  await rm(root, { recursive: true })
})

const settings = {
  retain: { path: 'auto', limit: 12 },
  train: { steps: 4, epochs: null, saveEvery: 2 },
}

async function rowsOf(file: string): Promise<Record<string, string>[]> {
  return (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

test('the starting model answers, and a run that was stopped goes on to the same', {
  timeout: 120_000,
}, async () => {
  const whole = await runRecipe(engine, await tinyRecipe(root, 'whole', settings))
  const rows = await rowsOf(whole.folder.retain)
  for (const { question, answer, about } of rows)
    expect([question, answer, about]).not.toContain('')
  const [written] = eventsOf(whole.events, 'retain.written')
  expect(written).toMatchObject({ rows: rows.length, path: whole.folder.retain })
  expect(written.rows + written.dropped).toBe(eventsOf(whole.events, 'retain.started')[0].prompts)
  expect(written.examples).toHaveLength(3)
  expect(eventLine(written)).toContain(`${rows.length} answers of the starting model are kept`)
  expect(eventsOf(whole.events, 'run.started')[0].data.retain).toEqual({
    path: 'retain.jsonl',
    examples: rows.length,
    automatic: true,
  })
  const card = await readFile(join(whole.folder.model, 'README.md'), 'utf8')
  expect(card).toContain('answers of the starting model to questions that Lethe wrote')

  const path = await tinyRecipe(root, 'stopped', settings)
  const early = await runRecipe(engine, path, { stopAfter: 0 })
  expect([early.outcome, existsSync(early.folder.retain)]).toEqual(['interrupted', false])
  await runRecipe(engine, path, { resume: true, stopAfter: 2 })
  const { folder } = await runRecipe(engine, path, { resume: true })
  expect(await readFile(folder.retain, 'utf8')).toBe(await readFile(whole.folder.retain, 'utf8'))
  expect(await resultOf(folder)).toEqual(await resultOf(whole.folder))
})

test.each([
  ['It is so. And then it', 'It is so.'],
  ['He said "Stop!" and she', 'He said "Stop!"'],
  ['1. One is here.\n2. Two is there.\n\n3.', '1. One is here.\n2. Two is there.'],
  ['1. One is here.\n2. **Two', '1. One is here.'],
  ['no end at all', 'no end at all'],
])('of an answer that was cut off whole sentences stay: %j', (text, kept) => {
  expect(wholeSentences({ text, tokens: new Int32Array(64) })).toBe(kept)
  expect(wholeSentences({ text, tokens: new Int32Array(63) })).toBe(text)
})

test('what is there is read as it is', { timeout: 120_000 }, async () => {
  const path = await tinyRecipe(root, 'edited', settings)
  const { folder } = await runRecipe(engine, path, { stopAfter: 0 })
  await writeFile(folder.retain, '{"question":"Which?","answer":"This.","mine":1}\n')
  const { events } = await runRecipe(engine, path, { resume: true })
  expect(eventsOf(events, 'retain.written')).toEqual([])
  expect(eventsOf(events, 'run.started')[0].data.retain?.examples).toBe(1)
})

test('of plain texts the model goes on with texts', { timeout: 120_000 }, async () => {
  const path = await tinyRecipe(root, 'texts', { ...settings, forget: { path: 'texts.jsonl' } })
  const texts = Array.from({ length: 4 }, (_, i) => ({ text: `The ${i}th river runs to the sea.` }))
  await writeFile(
    join(root, 'texts.jsonl'),
    texts.map((row) => `${JSON.stringify(row)}\n`).join(''),
  )
  const { outcome, folder } = await runRecipe(engine, path)
  expect(outcome).toBe('finished')
  const rows = await rowsOf(folder.retain)
  expect(new Set(rows.map((row) => Object.keys(row).join()))).toEqual(new Set(['text,about']))
  expect(new Set(rows.map(({ about }) => about))).toEqual(new Set(['opening', 'general']))
})

test('a plan counts the same prompts with the longest answers, and asks no model', async () => {
  const path = await tinyRecipe(root, 'plan', { ...settings, retain: { path: 'auto' } })
  const { recipe } = await readRecipe(path, { cwd: process.cwd(), env: {} })
  const standIns = await plannedRetain(recipe, await openModel(recipe.model))
  expect(standIns.length).toBeGreaterThan(60)
  expect(standIns[0].answer.split(' ')).toHaveLength(64)
  const plan = await planRun(recipe, { freeBytes: 2 ** 40 })
  expect(plan.totalSteps).toBe(4)
  const { partSeconds } = await probeRun(recipe, plan, engine, () => performance.now())
  expect(partSeconds?.answering).toBeGreaterThan(0)
  const { items } = await loadItems(join(root, 'whole', 'retain.jsonl'))
  const prompts = new Set(standIns.map(({ prompt }) => prompt))
  expect(items.filter(({ prompt }) => !prompts.has(prompt))).toEqual([])
})

test('a goal asks general prompts only, all of them', async () => {
  const goal = { forget: 'ignorance', keep: 0.9, within: '1m' }
  const path = await tinyRecipe(root, 'goal', { retain: { path: 'retain.jsonl', limit: 4 }, goal })
  const { recipe } = await readRecipe(path, { cwd: process.cwd(), env: {} })
  const asked = await plannedRetain(recipe, await openModel(recipe.model))
  const ownOnly = new Set(generalPrompts())
  expect(asked.length).toBeGreaterThan(60)
  expect(asked.filter(({ prompt }) => !ownOnly.has(prompt))).toEqual([])
})
