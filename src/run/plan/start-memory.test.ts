import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readRecipe } from '../../recipe/read.ts'
import { builtInRegistry } from '../../recipe/registry.ts'
import { openModel } from '../../train/session.ts'
import { loadData } from '../run-data.ts'
import { tinyRecipe } from '../testing/tiny-run.ts'
import { estimateRun } from './estimate-run.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lethe-fila-'))
})
afterAll(async () => {
  await rm(root, { recursive: true })
})

async function planOf(init: 'zero' | 'fila', method = 'blur') {
  const train = { parameters: { lora: { rank: 2, targets: ['q_proj', 'down_proj'], init } } }
  const path = await tinyRecipe(root, `${init}-${method}`, { method: { id: method }, train })
  const { recipe } = await readRecipe(path, { cwd: process.cwd(), env: {} })
  const opened = await openModel(recipe.model)
  const plan = await estimateRun(
    recipe,
    opened,
    await loadData(recipe, opened, () => {}, builtInRegistry, null),
    builtInRegistry,
  )
  return { plan, shapes: opened.model.parameters }
}

test('plan counts the Fisher informations of FILA, and the adapters that are stored with each state', async () => {
  const { plan: zero } = await planOf('zero')
  const { plan: fila, shapes } = await planOf('fila')
  const sizes = [...shapes]
    .filter(([name]) => /(q_proj|down_proj)\.weight$/.test(name))
    .map(([, [rows, columns]]) => rows * columns)
  expect(zero.memoryBytes.adapterStart).toBe(0)
  // Two informations and a gradient in float32, one matrix in float64, the adapters again, and garbage.
  const adapters = zero.memoryBytes.optimizer / 2
  expect(fila.memoryBytes.adapterStart).toBe(
    12 * sizes.reduce((a, b) => a + b) + 8 * Math.max(...sizes) + adapters + 64 * 2 ** 20,
  )
  expect(fila.memoryBytes.activations).toBeGreaterThanOrEqual(zero.memoryBytes.activations)
  expect(fila.diskBytes).toBeGreaterThan(zero.diskBytes)
})

test('plan counts the weights that FILA changes among those of the starting model that a loss reads', async () => {
  const { plan: zero } = await planOf('zero', 'kl-min')
  const { plan: fila, shapes } = await planOf('fila', 'kl-min')
  const changed = [...shapes].filter(([name]) => /(q_proj|down_proj)\.weight$/.test(name))
  expect(zero.memoryBytes.reference).toBe(0)
  expect(fila.memoryBytes.reference).toBe(
    changed.reduce((bytes, [, [rows, columns]]) => bytes + 4 * rows * columns, 0),
  )
})
