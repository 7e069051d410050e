import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const work = mkdtempSync(join(tmpdir(), 'lethe-examples-'))
const model = join(root, 'assets/lethe-tiny')
const [forget, retain] = ['forget', 'retain'].map((set) => join(root, `assets/demo/${set}.jsonl`))

afterAll(() => rmSync(work, { recursive: true, force: true }))

async function example(name: string, ...args: string[]): Promise<string> {
  const runner = join(root, 'test/helpers/run-example.mjs')
  const argv = [runner, join(root, 'examples', name), ...args]
  return (await promisify(execFile)(process.execPath, argv, { cwd: work })).stdout
}

function lethe(...args: string[]) {
  const argv = [join(root, 'dist/src/cli/main.js'), ...args]
  return promisify(execFile)(process.execPath, argv, { cwd: work }).catch(
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
}

describe('examples', () => {
  test('gradients.ts', async () => {
    expect(await example('gradients.ts')).toBe('[2,4,6] 1\n')
  })

  test('takedown.ts forgets with a loss of its own', async () => {
    const out = await example('takedown.ts', model, forget, retain, join(work, 'takedown'))
    expect(JSON.parse(out)).toMatchObject({ answer: expect.any(String) })
  }, 120_000)

  test('own-benchmark.ts measures', async () => {
    const data = join(work, 'data')
    mkdirSync(data)
    copyFileSync(forget, join(data, 'rows.jsonl'))
    const out = await example('own-benchmark.ts', model, data, join(work, 'own'))
    expect(JSON.parse(out)).toEqual([['asked.probability', expect.any(Number)]])
  })
})

describe('--plugin', () => {
  const plugin = join(root, 'examples/own-loss.ts')
  const sets = [
    `model=${model}`,
    `forget={path: ${forget}, limit: 8}`,
    `retain={path: ${retain}, limit: 8}`,
    'method={id: blur, forgetLoss: mean-probability}',
    'train={steps: 2, epochs: null, batchSize: 4, learningRate: 1e-4}',
  ].flatMap((set) => ['--set', set])
  const recipe = join(root, 'recipes/demo.yaml')

  test('brings a loss, which the resolved recipe names with its hash', async () => {
    const { stdout } = await lethe('validate', recipe, '--plugin', plugin, '--resolved', ...sets)
    expect(stdout).toMatch(/forgetLoss: mean-probability/)
    expect(stdout).toMatch(/plugins: \[ \{ path: .*own-loss\.ts, sha256: [0-9a-f]{64} \} \]/)
  })

  test('without it the loss is not known', async () => {
    const failed = await lethe('validate', recipe, ...sets)
    expect(failed).toMatchObject({ code: 2, stderr: expect.stringContaining('mean-probability') })
  })

  test('one of another hash than the recipe says is refused', async () => {
    const other = `plugins=[{path: ${plugin}, sha256: "${'0'.repeat(64)}"}]`
    const failed = await lethe('validate', recipe, ...sets, '--set', other)
    expect(failed).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected the file that the run began with'),
    })
  })

  test('one that defines nothing is refused', async () => {
    const failed = await lethe('methods', '--plugin', join(root, 'examples/gradients.ts'))
    expect(failed).toMatchObject({ code: 2 })
  })
})
