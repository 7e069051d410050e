import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { openEventLog } from '../run/event-log.ts'
import { openRunFolder } from '../run/run-folder.ts'
import { tinyRecipe } from '../run/testing/tiny-run.ts'
import type { JobContext, Notice } from './context.ts'
import type { JobOutcome } from './outcome.ts'
import { sweepCells } from './sweep-cells.ts'
import { performSweep, resolveCells, type Sweep } from './sweep-job.ts'

let root: string
let file: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lethe-sweep-job-'))
  file = await tinyRecipe(root, 'tiny')
})
afterAll(() => rm(root, { recursive: true }))

const sweep = (gammas: string[], output = 'out'): Sweep => ({
  file,
  plugins: [],
  output,
  cells: sweepCells([{ path: 'method.gamma', values: gammas }], [0], output),
})

/** Performs nothing: it says in a folder's log that its run ended so, and knows of it the folder only. */
function pretending(outcome: JobOutcome) {
  const launched: string[] = []
  const told: Notice[] = []
  const context: JobContext = {
    cwd: root,
    env: {},
    async launch(path) {
      launched.push(path)
      const folder = openRunFolder(path)
      const log = openEventLog(folder.events, { runId: folder.name })
      if (outcome === 'finished')
        log.append({ type: 'run.finished', step: 1, seconds: 1, tokens: 1, peakBytes: 1 })
      log.close()
      return outcome
    },
    tell: (notice) => void told.push(notice),
    stopRequested: () => outcome === 'interrupted' && launched.length > 0,
  }
  const perform = async (task: Sweep) =>
    (await performSweep(task, await resolveCells(task, context), context)).map(({ state }) => state)
  return { launched, told, perform }
}

test('each run is launched by its folder, where its recipe stands, and what ended is skipped', async () => {
  const stopped = pretending('interrupted')
  expect(await stopped.perform(sweep(['0.1', '1']))).toEqual(['interrupted', 'waiting'])
  expect(stopped.launched).toEqual([join(root, 'out', 'gamma-0.1_seed0')])
  const [folder] = stopped.launched
  expect((await readdir(folder)).sort()).toEqual(['events.jsonl', 'recipe.yaml', 'state'])
  const recipe = parse(await readFile(join(folder, 'recipe.yaml'), 'utf8'))
  expect(recipe).toMatchObject({ method: { gamma: 0.1 }, train: { seed: 0 } })

  const done = pretending('finished')
  expect(await done.perform(sweep(['0.1', '1']))).toEqual(['finished', 'finished'])
  expect(done.told).toMatchObject([
    { kind: 'cell', task: 'replace', index: 0, of: 2 },
    { kind: 'cell', task: 'run', index: 1, of: 2 },
  ])
  const again = pretending('finished')
  expect(await again.perform(sweep(['0.1', '1', '2']))).toEqual(new Array(3).fill('finished'))
  expect(again.launched.map((path) => basename(path))).toEqual(['gamma-2_seed0'])
})

test('runs of other settings are refused, with where they differ, before anything is done', async () => {
  await pretending('finished').perform(sweep(['3'], 'other'))
  const path = join(root, 'other', 'gamma-3_seed0', 'recipe.yaml')
  const { learningRate: _, ...train } = parse(await readFile(path, 'utf8')).train
  const write = async (own: object) =>
    writeFile(path, stringify({ ...parse(await readFile(path, 'utf8')), train: own }))
  await write({ ...train, learningRate: 0.5, batchSize: 7 })
  const other = pretending('finished')
  await expect(other.perform(sweep(['4', '3'], 'other'))).rejects.toThrow(
    /^other\/gamma-3_seed0: expected a run of this recipe, or none, got a run of other settings: train\.\w+ .* and 1 more\. Choose another --output/,
  )
  expect([other.launched, existsSync(join(root, 'other', 'gamma-4_seed0'))]).toEqual([[], false])
})

test('a run that is older than a key of the recipe is one of its default', async () => {
  await pretending('finished').perform(sweep(['5'], 'older'))
  const path = join(root, 'older', 'gamma-5_seed0', 'recipe.yaml')
  const recipe = parse(await readFile(path, 'utf8'))
  const { sharpness: _, ...train } = recipe.train
  await writeFile(path, stringify({ ...recipe, train }))
  const later = pretending('finished')
  expect(await later.perform(sweep(['5'], 'older'))).toEqual(['finished'])
  expect(later.launched).toEqual([])
})
