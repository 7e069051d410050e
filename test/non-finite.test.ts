import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type NonFiniteWeights, withFiniteWeights } from '../src/checkpoint/finite-weights.ts'
import type { ModelFolder } from '../src/checkpoint/folder-files.ts'
import { runCaptured } from '../src/cli/testing/terminal.ts'
import { renewModelCard } from '../src/run/renew-card.ts'
import { openRunFolder } from '../src/run/run-folder.ts'
import { createStudio } from '../src/studio/server.ts'
import { laySmallTakedown } from './helpers/small-takedown.ts'

// With the guards off a run may leave every finite number; what is shown says so, and weights are never written so.
const root = mkdtempSync(join(tmpdir(), 'lethe-non-finite-'))
const at = (name: string) => join(root, name)
afterAll(() => rmSync(root, { recursive: true, force: true }))
beforeAll(() => laySmallTakedown(root))

async function runAt(learningRate: string, output: string) {
  writeFileSync(
    at('recipe.yaml'),
    `model: ${at('model')}
forget: { path: forget.jsonl }
retain: { path: retain.jsonl }
method: { id: blur, forgetLoss: npo }
train:
  steps: 6
  batchSize: 1
  learningRate: ${learningRate}
  guards: { nonFinite: false, retainLossRise: null, repetition: null, utilityFloor: null, noEffect: null }
evaluate: { maxNewTokens: 2, probes: 1 }
output: ${at(output)}
`,
  )
  return runCaptured(['run', at('recipe.yaml')])
}

const page = (path: string) =>
  createStudio({ root, cwd: root, env: {}, host: '127.0.0.1', port: 80, token: null }).request(
    `http://127.0.0.1${path}`,
    { headers: { host: '127.0.0.1' } },
  )

test('answers that are no numbers are shown as such, in report, card, comparison and studio', async () => {
  const { code, err } = await runAt('1.0e9', 'runs-nan')
  expect(err).not.toMatch(/defect/)
  expect(code).toBe(0)
  const folder = openRunFolder(at('runs-nan'))
  for (const text of [
    readFileSync(folder.report, 'utf8'),
    readFileSync(join(folder.model, 'README.md'), 'utf8'),
    await (await page('/runs/runs-nan')).text(),
  ])
    expect(text).toContain('not finite')
  // Of the log, in which such numbers are null.
  await renewModelCard(folder)
  expect(readFileSync(join(folder.model, 'README.md'), 'utf8')).toContain('not finite')
  for (const path of [
    '/',
    '/runs/runs-nan?scale=log',
    '/runs/runs-nan/samples',
    '/api/runs',
    '/compare?run=runs-nan',
  ])
    expect([path, (await page(path)).status]).toEqual([path, 200])
})

test('weights that are not finite are not written: the run stops as by a guard', async () => {
  const { code, err } = await runAt('1.0e39', 'runs-inf')
  expect(err).toMatch(/guard non-finite: the trained weights are not finite/)
  expect(code).toBe(4)
  expect(existsSync(at('runs-inf/model'))).toBe(false)
  expect(readFileSync(at('runs-inf/report.html'), 'utf8')).toContain('not finite')
  expect((await page('/runs/runs-inf')).status).toBe(200)
  const exported = await runCaptured(['export', at('runs-inf'), '--state', 'latest'])
  expect(exported.err).toMatch(/expected finite numbers that F32 can hold/)
  expect(exported.code).toBe(2)
})

test.each([
  ['F32', Number.NaN, false],
  ['F32', 3.4e38, true],
  ['BF16', 3.4e38, false],
  ['F16', 65504, true],
  ['F16', 65520, false],
] as const)('%s can hold %d: %s', async (dtype, value, fits) => {
  const tensors = [{ name: 'a', dtype, shape: [2] }]
  const model = { tensors, read: () => Float32Array.of(1, value) } as unknown as ModelFolder
  const read = Promise.resolve(withFiniteWeights(model).read('a'))
  const got = await read.then(
    () => true,
    (error: NonFiniteWeights) => error.problems[0].path !== 'a',
  )
  expect(got).toBe(fits)
})
