import { appendFile, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEngine } from '../src/engine/node-engine.ts'
import { UserError } from '../src/error.ts'
import {
  type EvaluateOptions,
  evaluateBenchmark,
} from '../src/measure/evaluation/evaluate-benchmark.ts'
import { evaluatedModel } from '../src/measure/evaluation/evaluated-model.ts'
import type { SampleRecord } from '../src/measure/record.ts'
import { parseBenchmark } from '../src/recipe/read-benchmark.ts'
import { textModel, tinyPretraining } from '../src/run/testing/tiny-run.ts'
import { runIn } from './helpers/cli.ts'
import { build, needing } from './helpers/needs.ts'
import { recordsOf, recordsText } from './helpers/records.ts'

const yaml = `
id: rivers
title: Rivers
training:
  forget: forget.jsonl
  retain: retain.jsonl
  original: all.jsonl
  studies: { again: { forget: [forget.jsonl, holdout.jsonl], sequential: true } }
sets:
  forget:
    file: forget.jsonl
    texts: { answer: answer, wrong: wrong }
    distribution: true
    generate: { maxNewTokens: 6, reference: answer }
  holdout: { file: holdout.jsonl, texts: { answer: answer }, distribution: true }
  retain:
    file: retain.jsonl
    texts: { answer: answer }
    generate: { maxNewTokens: 6, reference: answer }
metrics:
  probability: { kind: probability, better: neverTrained, options: { set: forget } }
  quality: { kind: forget-quality, better: higher, options: { set: forget, correct: answer, wrong: wrong } }
  minK: { kind: membership, better: neverTrained, options: { attack: min-k++ } }
  kept: { kind: probability, better: higher, options: { set: retain } }
ranking: { forget: probability, utility: kept }
`
const benchmark = parseBenchmark(yaml, 'rivers.yaml')
const rivers = ['Lethe', 'Styx', 'Acheron', 'Cocytus', 'Phlegethon', 'Eridanos', 'Alpheus']
const rows = (what: string, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const answer = `${rivers[i % rivers.length]}${' and on'.repeat(i % 4)}`
    return { question: `${what} ${i}: which river?`, answer, wrong: ['Nile', `Rhine ${i}`] }
  })
const hiddenYaml = `model: somewhere-else
forget: { path: forget.jsonl }
retain: { path: retain.jsonl }
train: { batchSize: 2, steps: 1, epochs: null, guards: { repetition: null, utilityFloor: null, noEffect: null, retainLossRise: null } }
evaluate: { every: null, maxNewTokens: 4, probes: 1 }
stages:
  - { name: light, method: npo }
  - { name: hide, edit: { id: unierase, layers: '*.0.mlp.down_proj.weight', robustEpochs: 1, valueSteps: 2 } }
`
const lines = (items: object[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('')

let root: string
let options: EvaluateOptions
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lethe-benchmark-'))
  const [forget, retain] = [rows('Forget', 140), rows('Keep', 9)]
  await writeFile(join(root, 'forget.jsonl'), lines(forget))
  await writeFile(join(root, 'retain.jsonl'), lines(retain))
  await writeFile(join(root, 'all.jsonl'), lines([...forget, ...retain]))
  await writeFile(join(root, 'holdout.jsonl'), lines(rows('Never', 12)))
  await writeFile(join(root, 'rivers.yaml'), yaml)
  options = {
    engine: await createEngine(),
    benchmark,
    model: textModel,
    original: null,
    data: root,
    output: join(root, 'whole'),
    limit: null,
    split: null,
    replace: false,
    clock: () => 0,
    stopRequested: () => false,
    tell: () => {},
  }
  expect(await evaluateBenchmark(options)).toBe(true)
}, 120_000)
afterAll(async () => {
  options.engine.dispose()
  await rm(root, { recursive: true })
})

const problemsOf = async (run: Promise<unknown>) => {
  const error = await run.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(UserError)
  return (error as UserError).problems
}

describe('an evaluation', () => {
  test('has a record for every row, with every text and the greedy answer', async () => {
    const records = await recordsOf(options.output)
    expect(records).toHaveLength(161)
    expect(records[3]).toMatchObject({
      set: 'forget',
      index: 3,
      prompt: 'Forget 3: which river?',
      reference: 'Cocytus and on and on and on',
    })
    expect(records[3].texts.wrong.map(({ text }) => text)).toEqual(['Nile', 'Rhine 3'])
    const [answer] = records[3].texts.answer
    expect(answer.logProbs.length).toBe(answer.firstChoice.length)
    expect(answer.mean?.length).toBe(answer.logProbs.length)
    expect(answer.variance?.every((variance) => variance > -1e-4)).toBe(true)
    expect(records.at(-1)?.texts.answer[0].mean).toBeUndefined()
  })

  test('does not depend on the batch size', async () => {
    const output = join(root, 'single')
    await evaluateBenchmark({ ...options, output, tokensPerBatch: 1, cachePositions: 1 })
    const [alone, together] = [await recordsOf(output), await recordsOf(options.output)]
    expect(alone.map(({ generated }) => generated)).toEqual(
      together.map(({ generated }) => generated),
    )
    const numbers = (records: SampleRecord[]) =>
      records.flatMap(({ texts }) =>
        Object.values(texts)
          .flat()
          .flatMap(({ logProbs, mean = [], variance = [] }) => [...logProbs, ...mean, ...variance]),
      )
    const others = numbers(together)
    for (const [i, value] of numbers(alone).entries())
      expect(Math.abs(value - others[i])).toBeLessThan(1e-4)
  })

  test('that was stopped, even in the middle of a line, goes on to the same bytes', async () => {
    const output = join(root, 'stopped')
    let chunks = 0
    const stop = { ...options, output, stopRequested: () => chunks++ > 0 }
    expect(await evaluateBenchmark(stop)).toBe(false)
    const path = join(output, 'records.jsonl')
    await appendFile(path, (await recordsText(options.output)).slice(0, 40))
    expect(evaluatedThrows(output)).toContain('unfinished-evaluation')
    expect(await evaluateBenchmark({ ...options, output })).toBe(true)
    expect(await recordsText(output)).toBe(await recordsText(options.output))
    // Some lines of a chunk, as a kill leaves them.
    await rm(join(output, 'evaluation.json'))
    const cut = join(root, 'cut')
    const cutOptions = { ...options, output: cut }
    await evaluateBenchmark({ ...cutOptions, stopRequested: () => true })
    const first = (await recordsText(options.output)).split('\n').slice(0, 135).join('\n')
    await writeFile(join(cut, 'records.jsonl'), `${first}\n{"set":"for`)
    expect(await evaluateBenchmark(cutOptions)).toBe(true)
    expect(await recordsText(cut)).toBe(await recordsText(options.output))
  })

  test('of something else is not gone on with', async () => {
    const problems = await problemsOf(evaluateBenchmark({ ...options, limit: 3 }))
    expect(problems[0]).toMatchObject({ code: 'unlike', expected: 'limit null', got: '3' })
    const other = parseBenchmark(yaml.replace('maxNewTokens: 6', 'maxNewTokens: 5'), 'r.yaml')
    const declared = await problemsOf(evaluateBenchmark({ ...options, benchmark: other }))
    expect(declared[0].expected).toMatch(/^declaration [0-9a-f]{12}$/)
  })

  test('is told by the tokens of its texts, not by the files of the tokenizer', async () => {
    const model = join(root, 'retokenized')
    await cp(textModel, model, { recursive: true })
    const path = join(model, 'tokenizer.json')
    const tokenizer = JSON.parse(await readFile(path, 'utf8'))
    await writeFile(path, JSON.stringify(tokenizer, null, 4))
    expect(await evaluateBenchmark({ ...options, model })).toBe(true)
    tokenizer.model.merges = []
    await writeFile(path, JSON.stringify(tokenizer))
    const problems = await problemsOf(evaluateBenchmark({ ...options, model }))
    expect(problems.map(({ expected }) => expected.slice(0, 10))).toEqual(['tokenizer '])
  })

  test('is not compared with one made with another tokenizer', async () => {
    const references = join(root, 'references')
    await cp(options.output, join(references, 'original'), { recursive: true })
    await cp(options.output, join(references, 'never-trained'), { recursive: true })
    const { results } = evaluatedModel(benchmark, options.output, references)
    expect(results.find(({ key }) => key === 'quality')?.value).toBe(1)
    const path = join(references, 'never-trained', 'evaluation.json')
    const file = JSON.parse(await readFile(path, 'utf8'))
    file.identity.tokenizer = 'f'.repeat(64)
    await writeFile(path, JSON.stringify(file))
    expect(() => evaluatedModel(benchmark, options.output, references)).toThrow(
      /expected tokenizer f{12}/,
    )
  })
})

describe('bad input', () => {
  test('a missing split is named with its folder', async () => {
    const data = join(root, 'holes')
    await cp(join(root, 'forget.jsonl'), join(data, 'forget.jsonl'))
    const problems = await problemsOf(
      evaluateBenchmark({ ...options, data, output: join(root, 'x') }),
    )
    expect(problems[0]).toMatchObject({
      code: 'missing-split',
      path: data,
      expected: 'holdout.jsonl for set "holdout"',
    })
  })

  test('a wrong column is named by line, with the nearest key', async () => {
    const data = join(root, 'columns')
    for (const file of ['retain.jsonl', 'holdout.jsonl'])
      await cp(join(root, file), join(data, file))
    const wrong = rows('Forget', 3).map(({ answer, ...row }) => ({ ...row, anwser: answer }))
    await writeFile(join(data, 'forget.jsonl'), lines(wrong))
    const problems = await problemsOf(
      evaluateBenchmark({ ...options, data, output: join(root, 'x') }),
    )
    expect(problems[0]).toMatchObject({
      code: 'missing-column',
      path: 'answer',
      position: { line: 1 },
      hint: 'Did you mean "anwser"?',
    })
  })

  test('a benchmark of your own is checked whole, by line and column', () => {
    const text = yaml.replace(
      'kind: probability, better: neverTrained',
      'kind: probabilty, better: neverTrained',
    )
    expect(() => parseBenchmark(text, 'mine.yaml')).toThrow(
      /mine\.yaml:21:24: .*Did you mean "probability"/,
    )
    const set = yaml.replace('options: { set: retain } }', 'options: { set: retian } }')
    expect(() => parseBenchmark(set, 'mine.yaml')).toThrow(/got "retian". Did you mean "retain"/)
  })
})

function evaluatedThrows(folder: string): string[] {
  try {
    evaluatedModel(benchmark, folder, null)
    return []
  } catch (error) {
    return (error as UserError).problems.map(({ code }) => code)
  }
}

const lethe = (args: readonly string[], signalAt?: RegExp) => runIn(root, args, signalAt)

describe('lethe benchmark', needing(build), () => {
  const run = (methods: string) => [
    ...['benchmark', 'run', 'rivers.yaml', '--methods', methods, '--seeds', '2'],
    ...['--output', 'board', '--set', 'train.epochs=null', '--set', 'train.steps=2'],
    ...['--set', 'train.batchSize=2', '--set', 'evaluate.maxNewTokens=4'],
    ...[
      '--set',
      'train.guards={repetition: null, utilityFloor: null, noEffect: null, retainLossRise: null}',
    ],
  ]

  test('names what there is, and what a reference is made with', async () => {
    const list = await lethe(['benchmark', 'list', '--json'])
    expect(JSON.parse(list.out).map(({ id }: { id: string }) => id)).toContain('muse/books')
    const unprepared = await lethe(run('blur'))
    expect(unprepared.code).toBe(2)
    expect(unprepared.err).toContain('lethe benchmark prepare rivers')
    const without = await lethe([
      'benchmark',
      'prepare',
      'rivers.yaml',
      '--data',
      '.',
      '--model',
      textModel,
    ])
    expect(without.err).toContain(
      '--never-trained: expected a model never trained on the forget set',
    )
  })

  test('prepares with a pretraining recipe, runs, is stopped, goes on, and ranks', {
    timeout: 240_000,
  }, async () => {
    const recipe = await tinyPretraining(root, 'base', { steps: 4 })
    // That helper wrote its own small data sets over ours.
    await writeFile(join(root, 'forget.jsonl'), lines(rows('Forget', 5)))
    await writeFile(join(root, 'retain.jsonl'), lines(rows('Keep', 6)))
    await writeFile(join(root, 'all.jsonl'), lines([...rows('Forget', 5), ...rows('Keep', 6)]))
    const prepared = await lethe([
      ...['benchmark', 'prepare', 'rivers.yaml', '--data', '.', '--pretrain', recipe],
      ...['--set', 'train.steps=3', '--output', 'board'],
    ])
    for (const name of ['original', 'never-trained'])
      expect(await readFile(join(root, 'board', name, 'recipe.yaml'), 'utf8')).toContain('steps: 3')
    expect([prepared.code, prepared.err.includes('evaluating the never-trained model')]).toEqual([
      0,
      true,
    ])
    const stopped = await lethe(run('npo,blur'), /npo_seed1: running/)
    expect(stopped.code).toBe(130)
    const finished = await lethe([...run('npo,blur'), '--report', 'results/rivers.md'])
    expect([finished.code, finished.err.includes('npo_seed0: running')]).toEqual([0, false])
    const board = JSON.parse(await readFile(join(root, 'board', 'leaderboard.json'), 'utf8'))
    expect(board.rows.map(({ name }: { name: string }) => name)).toEqual(['npo', 'blur'])
    expect(board.rows[0].seeds).toHaveLength(2)
    expect(board.rows[0].seeds[1].values.quality).toBeGreaterThan(0)
    expect(board.references['never-trained'].quality).toBe(1)
    const markdown = await readFile(join(root, 'board', 'leaderboard.md'), 'utf8')
    expect(markdown).toContain('| *never trained on it* |')
    for (const name of ['board/leaderboard', 'results/rivers'])
      expect(await readFile(join(root, `${name}.svg`), 'utf8')).toMatch(/^<svg/)
    const report = await readFile(join(root, 'results', 'rivers.md'), 'utf8')
    expect(report).toBe(markdown.replace('(leaderboard.svg)', '(rivers.svg)'))
    expect(await readdir(join(root, 'results'))).toEqual(['rivers.json', 'rivers.md', 'rivers.svg'])
    const apart = await lethe([...run('npo'), '--report', 'results/apart.md'])
    expect(apart.code).toBe(0)
    await writeFile(join(root, 'results', 'together.notes.md'), 'Two rows of two calls.\n')
    const beside = ['--beside', 'results/apart.json', '--report', 'results/together.md']
    const together = await lethe([...run('blur'), ...beside])
    expect([together.code, together.err]).toEqual([0, expect.not.stringContaining('running')])
    const file = (name: string) => readFile(join(root, 'results', name), 'utf8')
    expect(await file('together.json')).toBe(await file('rivers.json'))
    expect(await file('together.md')).toContain('## Notes\n\nTwo rows of two calls.\n')
    const unlike = await lethe([...run('blur'), ...beside, '--set', 'train.batchSize=3'])
    expect([unlike.code, unlike.err]).toEqual([
      2,
      expect.stringContaining('apart.json: expected train.batchSize 3, got 2'),
    ])
    const lora = ['--set', 'train.parameters={lora: {rank: 2}}']
    const narrow = await lethe([...run('blur'), ...beside, ...lora])
    expect(narrow.err).toContain('expected train.parameters none, got "all"')
    const fewer = await lethe([...run('blur'), ...beside, '--seeds', '1'])
    expect(fewer.err).toContain('expected seeds of npo [0], got [0,1]')
    const study = await lethe([...run('npo'), '--study', 'again', '--seeds', '1'])
    expect(study.code).toBe(0)
    const steps = JSON.parse(await readFile(join(root, 'board', 'again.json'), 'utf8'))
    expect(steps.rows.map(({ name }: { name: string }) => name)).toEqual([
      'npo, again 1',
      'npo, again 2',
    ])
    const second = await readFile(
      join(root, 'board', 'again-2', 'npo_seed0', 'recipe.yaml'),
      'utf8',
    )
    expect(second).toMatch(/^model: .*again-1\/npo_seed0\/model/m)
    for (const path of ['board/leaderboard', 'results/together', 'board/again'])
      for (const ending of ['.md', '.json', '.svg']) {
        const text = await readFile(join(root, `${path}${ending}`), 'utf8')
        for (const own of [root, tmpdir(), homedir(), process.cwd()])
          expect(text, path + ending).not.toContain(own)
      }
    const again = await lethe([
      'repro',
      'board/leaderboard.json',
      '--row',
      'blur',
      '--output',
      'board',
    ])
    expect([again.code, again.out]).toEqual([
      0,
      expect.stringContaining('blur, seed 0: reproduced'),
    ])
    await writeFile(join(root, 'hidden.yaml'), hiddenYaml)
    const wrong = await lethe([
      ...run('npo,{id: blur, gamma: 2},hidden.yaml'),
      ...['--for', '{id: blur, gamma: 2}:method.gama=1', '--for', 'hidden.yaml:edit.reach=-1'],
    ])
    expect(wrong.code).toBe(2)
    expect(wrong.err).toMatch(/method\.gama: expected .*\n.*edit\.reach: expected/)
    expect(wrong.err).not.toContain('npo_seed0')
    const twice = await lethe(run('npo,hidden.yaml,elsewhere/hidden.yaml'))
    expect([twice.code, twice.err]).toEqual([2, expect.stringContaining('more than once')])
    const other = await lethe([...run('npo'), '--set', 'train.learningRate=2e-3'])
    expect([other.code, other.err]).toEqual([2, expect.stringContaining('a run of other settings')])
    // A stage that adds a token leaves a tokenizer that splits the texts of the benchmark as before.
    const staged = await lethe([
      ...run('blur,hidden.yaml'),
      ...['--seeds', '1', '--for', 'hidden.yaml:edit.epochs=1'],
    ])
    expect(staged.code, staged.err).toBe(0)
    const both = JSON.parse(await readFile(join(root, 'board', 'leaderboard.json'), 'utf8'))
    expect(both.rows).toMatchObject([
      { name: 'blur' },
      {
        name: 'hidden',
        method: 'hidden.yaml',
        settings: ['edit.epochs=1'],
        seeds: [{ trouble: null, stepMilliseconds: null, peakBytes: expect.any(Number) }],
      },
    ])
    expect(both.rows[1].seeds[0].values.quality).toBeGreaterThan(0)
    const hidden = join(root, 'board', 'runs', 'hidden_seed0', 'model', 'tokenizer.json')
    const { added_tokens: added } = JSON.parse(await readFile(hidden, 'utf8'))
    expect(added.at(-1).content).toBe('<unlearn>')
    const strange = await lethe([
      'repro',
      'board/leaderboard.json',
      '--row',
      'blurr',
      '--output',
      'board',
    ])
    expect(strange.err).toContain('Did you mean "blur"?')
  })
})
