import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import { problemsOf } from '../files/testing/problems-of.ts'
import { importGguf } from '../gguf/import-gguf.ts'
import { measuredGgufs } from '../run/gguf-files.ts'
import { readMetrics } from '../run/metrics-file.ts'
import type { RunFolder } from '../run/run-folder.ts'
import { readSamples } from '../run/samples.ts'
import { runRecipe, textModel, tinyRecipe } from '../run/testing/tiny-run.ts'
import { evaluateModel } from './evaluate-files.ts'
import { performGgufExport } from './export-gguf-job.ts'

let engine: Engine
let root: string
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
  root = await mkdtemp(join(tmpdir(), 'lethe-gguf-'))
})
afterAll(async () => {
  engine.dispose()
  await rm(root, { recursive: true })
})

const context = (stopRequested = () => false) => ({
  ...{ cwd: process.cwd(), env: {}, tell: () => {} },
  stopRequested,
})
const options = (type: 'f16' | 'q8_0') => ({ type, output: null, replace: true })

async function finishedRun(name: string): Promise<RunFolder> {
  const path = await tinyRecipe(root, name, { train: { steps: 3 } })
  const { folder } = await runRecipe(engine, path)
  const recipe = JSON.parse(await readFile(path, 'utf8'))
  for (const set of ['forget', 'retain']) recipe[set].path = join(root, recipe[set].path)
  await writeFile(folder.recipe, JSON.stringify(recipe))
  return folder
}

test('the file of a run is asked what the run asked its model, and the report shows it', async () => {
  const folder = await finishedRun('takedown')
  const { path, measured } = await performGgufExport(folder.path, options('q8_0'), context())
  expect(path).toBe(join(folder.gguf, 'takedown-Q8_0.gguf'))
  const { after, counts } = readMetrics(folder.metrics)
  expect(measured).toMatchObject({ type: 'Q8_0', bits: 8, metrics: { before: after, counts } })
  const [asked, own] = [`${path}.samples.jsonl`, folder.samples].map((file) =>
    readSamples(file).filter(({ phase }) => phase === 'after'),
  )
  expect(asked.map(({ prompt }) => prompt)).toEqual(own.map(({ prompt }) => prompt))
  expect(asked.map(({ texts }) => texts)).not.toEqual(own.map(({ texts }) => texts))
  for (const [key, value] of Object.entries(measured?.metrics.changes ?? {}))
    if (key.endsWith('probability')) expect(Math.abs(value ?? 1), key).toBeLessThan(0.05)
  const report = await readFile(folder.report, 'utf8')
  expect(report).toContain('In the GGUF file, as Q8_0')
  expect(report).toContain('or weights of fewer than 8 bits')
  const card = await readFile(join(folder.model, 'README.md'), 'utf8')
  expect(card).toContain('or weights of fewer than 8 bits')
  expect(measuredGgufs(folder)).toEqual([measured])
})

test('stopped while it is measured, the file is there and nothing is said of it', async () => {
  const folder = await finishedRun('stopped')
  const outcome = await performGgufExport(
    folder.path,
    options('f16'),
    context(() => true),
  )
  expect(outcome).toMatchObject({ stopped: true, measured: null })
  expect(existsSync(outcome.path)).toBe(true)
  expect(measuredGgufs(folder)).toEqual([])
  const again = await performGgufExport(folder.path, options('f16'), context())
  expect(again.measured?.bits).toBe(16)
})

test('a file is evaluated as the folder that it is imported as, to the byte', async () => {
  const output = join(root, 'text.gguf')
  await performGgufExport(textModel, { ...options('q8_0'), output }, context())
  await importGguf({ path: output, target: join(root, 'text'), dtype: 'F32', replace: false })
  const records = await Promise.all(
    [output, join(root, 'text')].map(async (model, i) => {
      const retain = join(root, 'retain.jsonl')
      const at = join(root, `records-${i}`)
      const settings = { model, forget: null, retain, limit: null, maxNewTokens: 4, output: at }
      await evaluateModel(settings)
      return readFile(join(at, 'records.jsonl'), 'utf8')
    }),
  )
  expect(records[0]).toBe(records[1])
})

test('a model folder is written beside itself, unless a file is there', async () => {
  const keep = { type: 'f16', output: join(root, 'text.gguf'), replace: false } as const
  expect(await problemsOf(() => performGgufExport(textModel, keep, context()))).toMatchObject([
    { code: 'output-exists' },
  ])
})
