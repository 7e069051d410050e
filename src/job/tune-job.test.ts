import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { openEventLog } from '../run/event-log.ts'
import { openRunFolder } from '../run/run-folder.ts'
import { tinyRecipe } from '../run/testing/tiny-run.ts'
import type { JobContext } from './context.ts'
import { performTune, type Tune } from './tune-job.ts'

let root: string
let tune: Tune
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lethe-tune-job-'))
  tune = {
    file: await tinyRecipe(root, 'tiny'),
    plugins: [],
    sets: ['goal.rates=[1e-4,3e-4]'],
    methods: ['npo', '{id: npo, retainWeight: 5}', 'simnpo'],
    budget: { seconds: 90 },
    seeds: [1, 2],
    output: 'tuned',
  }
})
afterAll(() => rm(root, { recursive: true }))

/** Performs no run: says in a folder's log what one would have, by the method and seed of its recipe. */
function pretending(stopAfter = Number.POSITIVE_INFINITY) {
  const launched: { name: string; recipe: Record<string, never> }[] = []
  const context: JobContext = {
    cwd: root,
    env: {},
    async launch(path) {
      const folder = openRunFolder(path)
      const recipe = parse(await readFile(folder.recipe, 'utf8'))
      launched.push({ name: basename(path), recipe })
      const log = openEventLog(folder.events, { runId: folder.name })
      const { seed } = recipe.train
      const standing = (left: number, retain: number) => ({
        left,
        retain,
        forgotten: 1 - left,
        avoided: 0,
        general: 1,
      })
      const isLost = recipe.method.id === 'simnpo'
      const learningRate = isLost ? null : 3e-4
      const look = { type: 'goal.look' as const, learningRate: 3e-4, secondsLeft: 1 }
      const kept = recipe.method.retainWeight === 5 ? 0.96 : seed === 1 ? 0.8 : 0.9
      log.append({ ...look, step: 6, ...standing(0.5, kept) })
      log.append({ ...look, step: 12, ...standing(0.1, kept) })
      log.append({
        type: 'goal.ended',
        step: 12,
        outcome: isLost ? 'missed' : 'reached',
        reason: '',
        hint: null,
        learningRate,
        ...standing(0.1, kept),
      })
      log.append({ type: 'run.finished', step: 12, seconds: 9 + seed, tokens: 1, peakBytes: 2e9 })
      log.close()
      return 'finished'
    },
    tell: () => {},
    stopRequested: () => launched.length >= stopAfter,
  }
  return { launched, context }
}

test('each method gets the same time to search on one seed, and is shown on others at the rate that was found', async () => {
  const stopped = pretending(2)
  expect(await performTune(tune, stopped.context)).toBeNull()
  const { launched, context } = pretending()
  const tuned = await performTune(tune, context)
  expect([...stopped.launched, ...launched].map(({ name }) => name)).toEqual([
    'npo_seed0',
    'id-npo-retainWeight-5_seed0',
    'simnpo_seed0',
    'npo_seed1',
    'npo_seed2',
    'id-npo-retainWeight-5_seed1',
    'id-npo-retainWeight-5_seed2',
  ])
  const goals = [...stopped.launched, ...launched].map(({ recipe }) => recipe.goal)
  // 90 s over three methods of three runs each.
  expect(goals[0]).toMatchObject({ within: '10s', rates: [1e-4, 3e-4] })
  expect(goals[6]).toMatchObject({ within: '10s', rates: [3e-4] })
  expect(tuned?.methods.map(({ learningRate }) => learningRate)).toEqual([3e-4, 3e-4, null])
  expect(tuned?.methods[0].shown[1]).toEqual({
    seed: 2,
    path: [
      { left: 0.5, kept: 0.9 },
      { left: 0.1, kept: 0.9 },
    ],
    end: { reached: true, left: 0.1, retain: 0.9, general: 1 },
    seconds: 11,
    peakBytes: 2e9,
  })
  const read = (name: string) => readFile(join(root, 'tuned', name), 'utf8')
  expect(JSON.parse(await read('tune.json'))).toEqual(tuned)
  const rows = (await read('tune.md')).split('\n').filter((line) => line.startsWith('|'))
  expect(rows.slice(2)).toEqual([
    '| npo | 0.0003 | 2 of 2 | 0.850 ± 0.071 | 0.850 ± 0.071 | 0.850 ± 0.071 |  | 0.100 ± 0.000 | 0.850 ± 0.071 | 1.000 ± 0.000 | 11 s | 2.00 GB |',
    '| {id: npo, retainWeight: 5} | 0.0003 | 2 of 2 | 0.960 ± 0.000 | 0.960 ± 0.000 | 0.960 ± 0.000 |  | 0.100 ± 0.000 | 0.960 ± 0.000 | 1.000 ± 0.000 | 11 s | 2.00 GB |',
    '| simnpo | none | 0 of 0 |  |  |  |  |  |  |  |  |  |',
  ])
  expect(await read('tune.svg')).toContain('kept')
  const again = pretending()
  expect(await performTune(tune, again.context)).toEqual(tuned)
  expect(again.launched).toEqual([])
})

test('steps in place of time are the same on every machine', async () => {
  const { launched, context } = pretending()
  const budget = { stepsPerRun: 60 }
  const tuned = await performTune({ ...tune, budget, output: 'by-steps' }, context)
  expect(launched.map(({ recipe }) => recipe.goal)).toContainEqual(
    expect.objectContaining({ steps: 60, within: '1000h' }),
  )
  expect(tuned?.budget).toEqual(budget)
  const page = await readFile(join(root, 'by-steps', 'tune.md'), 'utf8')
  expect(page).toContain('Each method had 60 steps to find')
})
