import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { loadItems } from '../src/data/load-examples.ts'

const root = join(import.meta.dirname, '..')
const work = mkdtempSync(join(tmpdir(), 'lethe-examples-'))
const model = join(root, 'assets/lethe-tiny')
const [forget, retain] = ['forget', 'retain'].map((set) => join(root, `assets/demo/${set}.jsonl`))
const data = join(work, 'data')
mkdirSync(data)
copyFileSync(forget, join(data, 'rows.jsonl'))

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

  test('own-benchmark.ts measures, by a metric of its own too', async () => {
    const out = await example('own-benchmark.ts', model, data, join(work, 'own'))
    expect(JSON.parse(out)).toEqual([
      ['asked.probability', expect.any(Number)],
      ['asked.length', expect.any(Number)],
    ])
  })

  test('compare-methods.ts compares two runs', async () => {
    const recipe = join(work, 'small.yaml')
    const content = {
      model,
      forget: { path: forget, limit: 4 },
      retain: { path: retain, limit: 4 },
      method: 'npo',
      train: { steps: 1, epochs: null, batchSize: 4, learningRate: 1e-4 },
      evaluate: { maxNewTokens: 4, limit: 4, probes: 1 },
    }
    writeFileSync(recipe, JSON.stringify(content))
    const out = await example('compare-methods.ts', recipe, join(work, 'compared'))
    expect(out).toMatch(/^\S.* [\d.]+\n\S.* [\d.]+\n$/)
  }, 120_000)
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

describe('a metric of a plugin', () => {
  const metric = join(root, 'examples/own-metric.ts')
  const benchmark = join(root, 'examples/own-metric.yaml')
  const run = (name: string) => join(work, name)
  const shared = [
    `model=${model}`,
    `forget={path: ${forget}, limit: 4}`,
    `retain={path: ${retain}, limit: 4}`,
    'train={steps: 1, epochs: null, batchSize: 4, learningRate: 1e-4}',
    'train.guards={repetition: null, utilityFloor: null, noEffect: null, retainLossRise: null}',
    `evaluate={maxNewTokens: 4, limit: 4, probes: 1, benchmark: {id: ${benchmark}, data: ${data}, limit: 4}}`,
  ]
  const runWith = (name: string, ...more: string[]) =>
    lethe(
      ...['run', join(root, 'recipes/demo.yaml'), '--replace'],
      ...[...shared, `output=${run(name)}`].flatMap((set) => ['--set', set]),
      ...more,
    )

  test('measures by lethe eval', async () => {
    const evaluate = (...more: string[]) =>
      lethe(
        ...['eval', model, '--benchmark', benchmark, '--data', data, '--limit', '4'],
        ...['--output', run('evaluated'), '--json', ...more],
      )
    expect(await evaluate()).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('Where a plugin defines it, name that'),
    })
    const { stdout } = await evaluate('--plugin', metric)
    expect(JSON.parse(stdout).results.map(({ key }: { key: string }) => key)).toEqual([
      'asked.probability',
      'asked.length',
    ])
  }, 60_000)

  test('measures what a recipe asks for; report and comparison show it without the plugin', async () => {
    for (const seed of [0, 1])
      expect(
        await runWith(`seed${seed}`, '--plugin', metric, '--set', `train.seed=${seed}`),
      ).not.toHaveProperty('code')
    expect(readFileSync(join(run('seed0'), 'report.html'), 'utf8')).toContain('Answer length')
    const { stdout } = await lethe('compare', run('seed0'), run('seed1'), '--json')
    const { rows, notes } = JSON.parse(stdout)
    expect(rows[0].values['own-metric:asked.length'].mean).toEqual(expect.any(Number))
    expect(notes).toEqual([expect.stringContaining('answer-length, which a plugin defines')])
  }, 240_000)

  test.each(['writer', 'country', 'films'])(
    'takedowns/%s is a pair of sets that are kept apart',
    async (name) => {
      const set = (which: string) => join(root, 'examples/takedowns', name, `${which}.jsonl`)
      const [forget, retain] = await Promise.all(
        ['forget', 'retain'].map(async (which) => (await loadItems(set(which))).items),
      )
      expect(forget.length).toBeGreaterThanOrEqual(20)
      expect(forget.length).toBeLessThanOrEqual(40)
      expect(retain.length).toBeGreaterThanOrEqual(40)
      const asked = forget.flatMap(({ prompt, otherWordings = [] }) => [prompt, ...otherWordings])
      expect(asked).toHaveLength(4 * forget.length)
      const prompts = [...asked, ...retain.map(({ prompt }) => prompt)]
      expect(new Set(prompts).size).toBe(prompts.length)
      const subject = {
        writer: /Shakespeare/,
        country: /Japan/,
        films: /Star Wars|Jedi|Skywalker|Darth/,
      }[name] as RegExp
      for (const { prompt, answer } of retain) expect(prompt + answer).not.toMatch(subject)
    },
  )
})
