import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { latestState, loadState } from '../src/checkpoint/state.ts'
import type { Engine } from '../src/engine/engine.ts'
import { createEngine } from '../src/engine/node-engine.ts'
import {
  eventsOf,
  type RunResult,
  runRecipe,
  textModel,
  tinyRecipe,
} from '../src/run/testing/tiny-run.ts'
import { openModel } from '../src/train/session.ts'

let engine: Engine
let root: string
beforeAll(async () => {
  engine = await createEngine({ threads: 2 })
  root = await mkdtemp(join(tmpdir(), 'lethe-guards-'))
})
afterAll(async () => {
  engine.dispose()
  await rm(root, { recursive: true })
})

/** The one trip of a run. */
function tripOf({ outcome, events }: RunResult, expected = 'guard') {
  expect(outcome).toBe(expected)
  const trips = eventsOf(events, 'guard.tripped')
  expect(trips.length).toBe(1)
  const [trip] = trips
  expect(trip.causes.length).toBeGreaterThan(0)
  return { ...trip, lastGoodState: trip.lastGoodState as string }
}

/** The last good state loads, is of fewer steps than `below`, and holds numbers. */
async function expectGood(path: string, below: number): Promise<void> {
  const { step, tensors } = await loadState(path)
  expect(step).toBeLessThan(below)
  expect(tensors.get('weights')?.data.every(Number.isFinite)).toBe(true)
}

test('not-a-number in the checkpoint: the first step stops, nothing is trained on it or written', async () => {
  const model = join(root, 'poisoned')
  await cp(textModel, model, { recursive: true })
  const file = join(model, 'model.safetensors')
  const bytes = await readFile(file)
  const header = Number(bytes.readBigUInt64LE(0))
  bytes.writeFloatLE(Number.NaN, 8 + header + 4 * 100)
  await writeFile(file, bytes)

  const run = await runRecipe(
    engine,
    await tinyRecipe(root, 'nan', { model, train: { epochs: 2 } }),
  )
  const trip = tripOf(run)
  expect(trip).toMatchObject({ guard: 'non-finite', step: 0, action: 'stopped' })
  expect(trip.reason).toContain('NaN')
  expect(trip.causes).toEqual(['the checkpoint already holds non-finite weights'])
  // What the run started from is all there is.
  expect(trip.lastGoodState).toBe(model)
  await openModel(trip.lastGoodState)
  expect(existsSync(run.folder.model)).toBe(false)
  expect(eventsOf(run.events, 'step')).toMatchObject([{ step: 0, losses: { forget: null } }])
})

test('a loss that leaves float32 during training: the last good state is from before', async () => {
  const run = await runRecipe(
    engine,
    await tinyRecipe(root, 'overflow', {
      method: { id: 'grad-diff' },
      train: { epochs: 5, learningRate: 1e12, clipNorm: null, saveEvery: 1 },
      guards: { retainLossRise: null },
    }),
  )
  const trip = tripOf(run)
  expect(trip.guard).toBe('non-finite')
  // The first step was too long; the weights after it are those that were saved, and that gave the loss.
  expect(trip.step).toBe(1)
  expect(eventsOf(run.events, 'checkpoint.saved').map(({ step }) => step)).toEqual([1])
  expect(trip.lastGoodState).toBe(textModel)
})

test('divergence: the retain loss rose, and the last good state is from before it did', async () => {
  const path = await tinyRecipe(root, 'divergence', {
    method: { id: 'grad-diff' },
    train: { epochs: 20, learningRate: 0.1, saveEvery: 1, keepStates: 9 },
  })
  const run = await runRecipe(engine, path)
  const trip = tripOf(run)
  expect(trip.guard).toBe('divergence')
  expect(trip.reason).toMatch(/nats per token above the first step's .*; allowed: 2$/)
  const losses = eventsOf(run.events, 'step').map(({ losses: { retain } }) => retain as number)
  const mean = losses.slice(-8).reduce((sum, loss) => sum + loss, 0) / 8
  expect(mean - losses[0]).toBeGreaterThan(2)
  // The loss of step n is that of the weights after n − 1 steps.
  expect(trip.step).toBe(losses.length)
  await expectGood(trip.lastGoodState, trip.step - 1)
  const { step } = await loadState(trip.lastGoodState)
  expect(losses[step] - losses[0]).toBeLessThanOrEqual(2)
  expect(await latestState(run.folder.state)).not.toBe(trip.lastGoodState)

  // Going on with it meets the same end.
  const again = await runRecipe(engine, path, { resume: true })
  expect(again.outcome).toBe('guard')
})

test.each([
  ['looked at', 4],
  ['not looked at', null],
])(
  'divergence: with one state kept, each step saved and the model %s, the last good one survives',
  async (name, every) => {
    const path = await tinyRecipe(root, `one-state ${name}`, {
      method: { id: 'grad-diff' },
      train: { epochs: 20, learningRate: 0.1, saveEvery: 1, keepStates: 1 },
      evaluate: { every },
    })
    const run = await runRecipe(engine, path)
    const trip = tripOf(run)
    expect(trip.guard).toBe('divergence')
    await expectGood(trip.lastGoodState, trip.step - 1)
    const { step } = await loadState(trip.lastGoodState)
    const losses = eventsOf(run.events, 'step').map(({ losses: { retain } }) => retain as number)
    for (const loss of losses.slice(0, step + 1)) expect(loss - losses[0]).toBeLessThanOrEqual(2)
  },
)

test('collapse: the retain answers became unlikely, and what collapsed is not saved', async () => {
  const run = await runRecipe(
    engine,
    await tinyRecipe(root, 'collapse', {
      method: { id: 'ga' },
      train: { epochs: 6, learningRate: 3e-3 },
      guards: { utilityFloor: 0.5 },
    }),
  )
  const trip = tripOf(run)
  expect(trip.guard).toBe('collapse')
  expect(trip.reason).toMatch(
    /^answer probability on the retain set fell from .* to .*; floor: 50 %/,
  )
  const states = eventsOf(run.events, 'checkpoint.saved').map(({ step }) => step)
  expect(trip.step).toBe(4)
  expect(states).toEqual([])
  expect(trip.lastGoodState).toBe(textModel)
  expect(existsSync(run.folder.model)).toBe(false)
})

test('collapse is measured against the probability before the run, after a resume too', async () => {
  const settings = {
    method: { id: 'ga' },
    train: { epochs: 12, learningRate: 1e-4, saveEvery: 'epoch' },
    guards: { utilityFloor: 0.5 },
  }
  const whole = tripOf(await runRecipe(engine, await tinyRecipe(root, 'slow', settings)))
  expect(whole.step).toBeGreaterThan(4)
  await expectGood(whole.lastGoodState, whole.step)
  const path = await tinyRecipe(root, 'slow-stopped', settings)
  // Most of the way down; half of what is left then is far below the floor.
  await runRecipe(engine, path, { stopAfter: whole.step - 3 })
  const resumed = tripOf(await runRecipe(engine, path, { resume: true }))
  expect(resumed).toMatchObject({ step: whole.step, reason: whole.reason })
})

test('collapse is noticed in the final metrics where nobody looked before', async () => {
  const run = await runRecipe(
    engine,
    await tinyRecipe(root, 'unwatched', {
      method: { id: 'ga' },
      train: { epochs: 6, learningRate: 3e-3 },
      guards: { utilityFloor: 0.5 },
      evaluate: { every: null },
    }),
  )
  expect(run.outcome).toBe('guard')
  expect(tripOf(run)).toMatchObject({ guard: 'collapse', action: 'continued' })
  expect(existsSync(run.folder.model)).toBe(true)
})

test('repetition: the retain answers say the same over and over', async () => {
  const run = await runRecipe(
    engine,
    await tinyRecipe(root, 'repetition', {
      method: { id: 'ga' },
      train: { epochs: 1, learningRate: 0.1 },
      guards: { repetition: 0.8 },
      evaluate: { maxNewTokens: 24, probes: 2 },
    }),
  )
  const trip = tripOf(run)
  expect(trip.guard).toBe('collapse')
  expect(trip.reason).toMatch(/% of the 4-grams in the retain answers are repeats; allowed: 80 %$/)
})

test('no effect: the run is finished, with a warning that nothing was forgotten', async () => {
  const run = await runRecipe(
    engine,
    await tinyRecipe(root, 'no-effect', {
      train: { epochs: 1, learningRate: 1e-12 },
      guards: { noEffect: 0.01 },
    }),
  )
  const trip = tripOf(run, 'finished')
  expect(trip).toMatchObject({ guard: 'no-effect', action: 'continued', step: 4 })
  expect(trip.causes[0]).toBe('the learning rate is too low')
  await expectGood(trip.lastGoodState, 5)
  expect(existsSync(join(run.folder.model, 'model.safetensors'))).toBe(true)
  expect(existsSync(run.folder.metrics)).toBe(true)
  expect(run.events.at(-1)?.type).toBe('run.finished')
  expect(await readFile(join(run.folder.model, 'README.md'), 'utf8')).toContain(trip.reason)
})
