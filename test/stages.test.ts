import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCaptured } from '../src/cli/testing/terminal.ts'
import { readStages } from '../src/recipe/read-stages.ts'
import { textModel, tinyRecipe } from '../src/run/testing/tiny-run.ts'
import { cli } from './helpers/cli.ts'
import { build, needing } from './helpers/needs.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lethe-stages-'))
  // The data files.
  await tinyRecipe(root, 'unused')
})
afterAll(async () => {
  await rm(root, { recursive: true })
})

const common = `model: ${textModel}
forget: { path: FORGET }
retain: { path: RETAIN }
train:
  batchSize: 2
  learningRate: 1e-3
  guards: { repetition: null, utilityFloor: null, noEffect: null, retainLossRise: null }
evaluate: { every: null, maxNewTokens: 4, probes: 1 }
`
const staged = `${common}stages:
  - { name: pieces, chunkSize: 3, method: grad-diff, train: { epochs: 1 } }
  - { name: light, from: start, method: npo, train: { epochs: 1 } }
  - { name: both, merge: { of: [pieces, light], density: 0.5 } }
`

async function write(name: string, text: string): Promise<string> {
  const files = { FORGET: join(root, 'forget.jsonl'), RETAIN: join(root, 'retain.jsonl') }
  await writeFile(
    join(root, name),
    text.replace(/FORGET|RETAIN/g, (key) => files[key as 'FORGET']),
  )
  return name
}
const lethe = (...argv: string[]) => runCaptured(argv, { cwd: root })
/** A run reads its files from where its process stands. */
const call = (...argv: string[]) => {
  const { status: code, stderr: err } = spawnSync(process.execPath, [cli, ...argv], {
    cwd: root,
    encoding: 'utf8',
  })
  return { code, err }
}
const run = (file: string) => call('run', file)
const weights = async (folder: string) =>
  (await readFile(join(root, folder, 'model', 'model.safetensors'))).toString('base64')

test('every stage is a run with a recipe of its own; chunks follow one another', async () => {
  const file = await write('plan.yaml', staged)
  const { output, stages } = await readStages(file, { cwd: root, env: {} })
  expect(output).toBe('runs/plan')
  expect(stages.map(({ name, folder }) => [name, folder])).toEqual([
    ['pieces 01', '1-pieces/chunk-01'],
    ['pieces 02', '1-pieces/chunk-02'],
    ['pieces 03', '1-pieces/chunk-03'],
    ['light', '2-light'],
    ['both', '3-both'],
  ])
  const runs = stages.filter((stage) => stage.kind === 'unlearn')
  expect(runs.map(({ recipe: { forget } }) => [forget.offset, forget.limit])).toEqual([
    [0, 3],
    [3, 3],
    [6, 1],
    [0, null],
  ])
  expect(runs.map(({ recipe }) => recipe.model)).toEqual([
    textModel,
    'runs/plan/1-pieces/chunk-01/model',
    'runs/plan/1-pieces/chunk-02/model',
    textModel,
  ])
  expect(runs[0].recipe.train).toMatchObject({ epochs: 1, batchSize: 2, learningRate: 1e-3 })
  expect(stages[4]).toMatchObject({
    base: textModel,
    models: ['runs/plan/1-pieces/chunk-03/model', 'runs/plan/2-light/model'],
    knobs: { density: 0.5 },
  })
})

test('plan counts every stage, also those whose model is not there yet', async () => {
  const file = await write('planned.yaml', staged)
  const here = { cwd: process.cwd(), env: {} }
  const { code, out, err } = await runCaptured(['plan', join(root, file), '--no-probe'], here)
  expect(code, err).toBe(0)
  const rows = out.trim().split('\n')
  expect(rows.map((row) => row.split('  ')[0].trim())).toEqual([
    'pieces 01',
    'pieces 02',
    'pieces 03',
    'light',
    'both',
    'all stages',
  ])
  // Seven examples, two a step, in threes or whole.
  expect(rows.map((row) => /(\d+) steps/.exec(row)?.[1])).toEqual([
    '2',
    '2',
    '1',
    '4',
    undefined,
    '9',
  ])
  const json = await runCaptured(['plan', join(root, file), '--no-probe', '--json'], here)
  const { plan } = JSON.parse(json.out)
  const needs = plan.stages.map((stage: { plan?: object }) => stage.plan ?? stage)
  const disk = needs.map(({ diskBytes }: { diskBytes: number }) => diskBytes)
  expect(plan.peakBytes).toBe(
    Math.max(...needs.map(({ peakBytes }: { peakBytes: number }) => peakBytes)),
  )
  // The model that a merge writes is also as large as the copy in the end.
  expect(plan.diskBytes).toBe(disk.reduce((a: number, b: number) => a + b) + disk[4])
  expect(plan.seconds).toBeNull()
})

test('plan times the stages, of chunks the first', async () => {
  const file = await write('timed.yaml', staged)
  const here = { cwd: process.cwd(), env: {} }
  const { code, out, err } = await runCaptured(['plan', join(root, file), '--json'], here)
  expect(code, err).toBe(0)
  const { stages, seconds } = JSON.parse(out).plan
  const times = stages.slice(0, 4).map((stage: { plan: { seconds: number } }) => stage.plan.seconds)
  for (const time of times) expect(time).toBeGreaterThan(0)
  expect(seconds).toBeCloseTo(
    times.reduce((a: number, b: number) => a + b),
    9,
  )
})

describe('mistakes', () => {
  test('of all stages are told at once, where they stand', async () => {
    const file = await write(
      'wrong.yaml',
      `${common}stages:
  - { name: one, method: npo, train: { epoch: 1 } }
  - { name: two, method: { id: npo, beta: -1 } }
`,
    )
    const { code, err } = await lethe('validate', file)
    expect(code).toBe(2)
    expect(err).toMatch(/^wrong.yaml:10:40: train.epoch: expected one of /m)
    expect(err).toMatch(/^wrong.yaml:11:43: method.beta: expected number > 0/m)
  })

  test.each([
    [
      '- { name: a, method: npo, form: start }',
      '10:29: stages[0].form: expected one of name, from',
    ],
    ['- { name: a, from: b, method: npo }', '10:22: stages[0].from: expected start, got "b"'],
    ['- { name: start, method: npo }', '10:13: stages[0].name: expected a name of its own'],
    ['- { name: m, merge: { of: [x, y] } }', '10:30: stages[0].merge.of[0]: expected start'],
    [
      '- { name: m, merge: { of: [start, ./nowhere] } }',
      '10:37: stages[0].merge.of[1]: expected a Hugging Face model folder',
    ],
  ])('%s', async (stage, expected) => {
    const file = await write('bad.yaml', `${common}stages:\n  ${stage}\n`)
    const { code, err } = await lethe('validate', file)
    expect(code).toBe(2)
    expect(err).toContain(`bad.yaml:${expected}`)
  })
})

test(
  'runs, begins each stage with the model of the one it names, and skips what is done',
  needing(build),
  async () => {
    const file = await write('run.yaml', staged)
    const first = run(file)
    expect(first.code, first.err).toBe(0)
    const done = join('runs', 'run')
    const [chunk1, chunk3, light, both] = await Promise.all(
      ['1-pieces/chunk-01', '1-pieces/chunk-03', '2-light', '3-both'].map((folder) =>
        weights(join(done, folder)),
      ),
    )
    expect(new Set([chunk1, chunk3, light, both]).size).toBe(4)
    expect((await weights(done)) === both).toBe(true)

    // Without its last stages it goes on from there, to the same bytes; by its own record also without the recipe.
    const recipe = await readFile(join(root, file))
    for (const again of [() => run(file), () => call('resume', done)]) {
      for (const folder of ['2-light', '3-both', 'model'])
        await rm(join(root, done, folder), { recursive: true })
      const { code, err } = again()
      expect(code, err).toBe(0)
      expect((await weights(done)) === both).toBe(true)
      expect(existsSync(join(root, done, '2-light', 'report.html'))).toBe(true)
      await rm(join(root, file), { force: true })
    }
    await writeFile(join(root, file), recipe)

    // A merge that was not finished is made again.
    await rm(join(root, done, '3-both', 'merge.json'))
    await writeFile(join(root, done, '3-both', 'model', 'model.safetensors'), '')
    expect(run(file).code).toBe(0)
    expect((await weights(join(done, '3-both'))) === both).toBe(true)
  },
)

test('resumes only from where the paths lead', needing(build), async () => {
  const { code, err } = await runCaptured(['resume', join(root, 'runs', 'run')], { cwd: '/' })
  expect(code).toBe(2)
  expect(err).toContain('expected a call from the folder in which it is runs/run')
})

test(
  'merges folders as well as stages, and finds them beside the recipe',
  needing(build),
  async () => {
    const file = await write(
      'folders.yaml',
      `${common}stages:
  - { name: both, merge: { of: [runs/run/1-pieces/chunk-03/model, runs/run/2-light/model], density: 0.5 } }
`,
    )
    const { stages } = await readStages(file, { cwd: root, env: {} })
    expect(stages).toMatchObject([{ kind: 'merge', base: textModel }])
    const { code, err } = run(file)
    expect(code, err).toBe(0)
    const [made, known] = await Promise.all(['runs/folders', 'runs/run'].map(weights))
    expect(made === known).toBe(true)
  },
)

test('stops where a guard finds the model of a stage broken', needing(build), async () => {
  const broken = staged.replace('utilityFloor: null', 'utilityFloor: 1')
  const file = await write('broken.yaml', broken)
  for (const { code, err } of [run(file), run(file)]) {
    expect(code, err).toBe(4)
    expect(err).toMatch(/stage [a-z0-9 ]+ was stopped; later stages were not begun/)
  }
  expect(existsSync(join(root, 'runs', 'broken', '3-both'))).toBe(false)
})

test('does not take the results of other settings for its own', needing(build), async () => {
  const was = await readFile(join(root, 'runs', 'run', 'stages.json'), 'utf8')
  for (const [from, to, what] of [
    ['learningRate: 1e-3', 'learningRate: 2e-3', 'run'],
    ['density: 0.5', 'density: 0.6', 'merge'],
  ]) {
    const file = await write('run.yaml', staged.replace(from, to))
    const { code, err } = run(file)
    expect(code).toBe(2)
    expect(err).toContain(`expected a ${what} of this stage, or none`)
  }
  // And keeps its own record.
  expect(await readFile(join(root, 'runs', 'run', 'stages.json'), 'utf8')).toBe(was)
})
