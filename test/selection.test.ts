import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../src/engine/engine.ts'
import { createEngine } from '../src/engine/node-engine.ts'
import { exampleSelectors, tokenSelectors } from '../src/parts/select/selectors.ts'
import {
  eventsOf,
  runRecipe,
  type TinySettings,
  textModel,
  tinyRecipe,
} from '../src/run/testing/tiny-run.ts'

let engine: Engine
let root: string
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
  root = await mkdtemp(join(tmpdir(), 'lethe-selection-'))
})
afterAll(async () => {
  engine.dispose()
  await rm(root, { recursive: true })
})

async function losses(name: string, settings: TinySettings) {
  const recipe = await tinyRecipe(root, name, {
    train: { steps: 2, epochs: null },
    // A weight of several changes the loss of a step as much.
    guards: { retainLossRise: null },
    ...settings,
  })
  const { outcome, events } = await runRecipe(engine, recipe)
  expect(outcome).toBe('finished')
  return {
    selected: eventsOf(events, 'selection'),
    steps: eventsOf(events, 'step').map((step) => step.losses),
  }
}

const knobs: Record<string, object> = { 'critical-tokens': { assistant: textModel } }

test.each([...tokenSelectors.keys()])('tokens of either set by %s', async (id) => {
  const all = await losses(`all-${id}`, {})
  for (const set of ['forget', 'retain'] as const) {
    const found = await losses(`${set}-${id}`, { [set]: { tokens: { id, ...knobs[id] } } })
    // One model against itself finds nothing critical, and so takes everything.
    if (id === 'critical-tokens') expect(found.steps).toEqual(all.steps)
    else expect(found.steps).not.toEqual(all.steps)
    const atStart = tokenSelectors.get(id)?.when === 'start'
    expect(found.selected.length).toBe(atStart ? 1 : 0)
    if (atStart) expect(found.selected[0]).toMatchObject({ set, what: 'tokens', selector: id })
  }
})

test.each([...exampleSelectors.keys()])('examples of either set by %s', async (id) => {
  const all = await losses(`all-${id}`, {})
  for (const set of ['forget', 'retain'] as const) {
    const found = await losses(`${set}-${id}`, { [set]: { examples: id } })
    expect(found.steps).not.toEqual(all.steps)
    const total = set === 'forget' ? 7 : 9
    expect(found.selected).toMatchObject([{ set, what: 'examples', selector: id, total }])
    expect(found.selected[0].chosen).toBeGreaterThan(0)
  }
})

test('a selector that compares the sets needs both', async () => {
  const settings = { method: { id: 'ga' }, forget: { examples: 'guard' } }
  const recipe = await tinyRecipe(root, 'alone', settings)
  const { readFile, writeFile } = await import('node:fs/promises')
  const written = JSON.parse(await readFile(recipe, 'utf8'))
  await writeFile(recipe, JSON.stringify({ ...written, retain: null }))
  await expect(runRecipe(engine, recipe)).rejects.toThrow(
    'retain: expected a retain set, since forget.examples: guard compares the two, got nothing',
  )
})
