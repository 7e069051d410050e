import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readComparedRun } from '../src/run/read-compared-run.ts'
import { tinyRecipe } from '../src/run/testing/tiny-run.ts'
import { runIn } from './helpers/cli.ts'
import { build, needing } from './helpers/needs.ts'

const sets = ['one', 'two', 'three', 'four', 'five', 'six']
const yaml = `
id: rivers
title: Rivers
sets:
${sets
  .map(
    (set) =>
      `  ${set}: { file: many.jsonl, texts: { answer: answer }, generate: { maxNewTokens: 8, reference: answer } }`,
  )
  .join('\n')}
  gone: { file: gone.jsonl, optional: true }
metrics: { probability: { kind: probability, better: lower, options: { set: one } } }
ranking: { forget: probability, utility: probability }
`
const many = Array.from({ length: 150 }, (_, i) => ({
  question: `Which river is ${i}?`,
  answer: `River ${i % 7}`,
}))

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lethe-run-evaluation-'))
  const path = await tinyRecipe(root, 'run', { train: { steps: 2, batchSize: 2 } })
  const recipe = JSON.parse(await readFile(path, 'utf8'))
  const benchmark = { id: 'rivers.yaml', data: '.', limit: 140 }
  const evaluate = { ...recipe.evaluate, benchmark }
  await writeFile(path, JSON.stringify({ ...recipe, evaluate, output: 'run' }))
  await writeFile(join(root, 'rivers.yaml'), yaml)
  await writeFile(join(root, 'many.jsonl'), many.map((row) => `${JSON.stringify(row)}\n`).join(''))
})
afterAll(() => rm(root, { recursive: true }))

const lethe = (args: readonly string[], signalAt?: RegExp) => runIn(root, args, signalAt)
const records = (folder: string) => readFile(join(root, folder, 'records.jsonl'), 'utf8')

describe('evaluate.benchmark of a recipe', needing(build), () => {
  test('a missing file or a wrong id is found before anything is trained', async () => {
    const shipped = ['--set', 'evaluate.benchmark.id=tofu/forget5']
    const wrong = await lethe(['validate', 'run.json', ...shipped])
    expect(wrong.code).toBe(2)
    expect(wrong.err).toContain('Did you mean "tofu/forget')
    const data = ['--set', 'evaluate.benchmark.id=tofu/forget05', '--set', 'output=never']
    const missing = await lethe(['run', 'run.json', ...data])
    expect(missing.code).toBe(2)
    expect(missing.err).toContain('forget05_perturbed.json for set "forget"')
    expect(existsSync(join(root, 'never', 'model'))).toBe(false)
  })

  test('a benchmark that brings its rows needs no data, others do', async () => {
    const named = (id: string) =>
      lethe([
        'validate',
        'run.json',
        ...[`id=${id}`, 'data=null', 'limit=null'].flatMap((each) => [
          '--set',
          `evaluate.benchmark.${each}`,
        ]),
      ])
    const missing = await named('tofu/forget05')
    expect(missing.code).toBe(2)
    expect(missing.err).toContain('evaluate.benchmark.data: expected the folder with its data')
    expect((await named('general')).code).toBe(0)
  })

  test('plan says what is measured', async () => {
    const plan = await lethe(['plan', 'run.json', '--no-probe'])
    expect(plan.out).toContain('evaluation      rivers: 840 rows of 6 sets; no data for gone')
  })

  test('the model is measured after training, stopped, gone on with, as lethe eval would', {
    timeout: 120_000,
  }, async () => {
    const stopped = await lethe(['run', 'run.json'], /evaluating on/)
    expect([stopped.code, stopped.out.includes('lethe resume')]).toEqual([130, true])
    const folder = join('run', 'evaluation', 'rivers')
    expect(
      JSON.parse(await readFile(join(root, folder, 'evaluation.json'), 'utf8')).work,
    ).toBeNull()
    const resumed = await lethe(['resume', 'run'])
    expect([resumed.code, resumed.err.includes('records:')]).toEqual([0, true])
    expect(resumed.out).toContain('probability')
    const shown = (name: string) => readFile(join(root, 'run', name), 'utf8')
    expect(await shown('report.html')).toContain('id="benchmark-rivers"')
    expect(await shown('model/README.md')).toContain('### Rivers')
    const [{ benchmark }] = readComparedRun(join(root, 'run')).evaluations
    expect(benchmark.id).toBe('rivers')
    const again = await lethe(['resume', 'run'])
    expect(again.err).toContain('finished already')
    const own = await lethe([
      ...['eval', 'run/model', '--benchmark', 'rivers.yaml', '--data', '.', '--limit', '140'],
      ...['--output', 'own'],
    ])
    expect(own.code).toBe(0)
    expect(await records('own')).toBe(await records(folder))
    const replaced = await lethe(['run', 'run.json', '--replace'])
    expect(replaced.code).toBe(0)
    expect(await records(folder)).toBe(await records('own'))
  })
})
