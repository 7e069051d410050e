import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nodeFolder } from '../src/checkpoint/node-folder.ts'
import { openTokenizer } from '../src/checkpoint/tokenizer.ts'
import { createEngine } from '../src/engine/node-engine.ts'
import {
  type EvaluateOptions,
  evaluateBenchmark,
} from '../src/measure/evaluation/evaluate-benchmark.ts'
import { evaluatedModel } from '../src/measure/evaluation/evaluated-model.ts'
import { withExtras } from '../src/measure/extras.ts'
import type { SampleRecord } from '../src/measure/record.ts'
import { loadSet } from '../src/measure/rows/load-set.ts'
import { leakAtK, rocAuc, rougeL, unlearningDepth } from '../src/metric/index.ts'
import { createGenerator } from '../src/model/generate.ts'
import { graphWeights } from '../src/model/weights.ts'
import { parseBenchmark } from '../src/recipe/read-benchmark.ts'
import { textModel } from '../src/run/testing/tiny-run.ts'
import { openModel, openSession } from '../src/train/session.ts'
import { recordsOf, recordsText } from './helpers/records.ts'

const yaml = `
id: rivers
title: Rivers
sets: { forget: { file: forget.jsonl, texts: { answer: answer } } }
metrics: { probability: { kind: probability, better: lower, options: { set: forget } } }
extras:
  all:
    description: Everything that costs.
    sets:
      seen: { file: forget.jsonl, texts: { answer: answer }, gradientNorms: true }
      unseen: { file: holdout.jsonl, texts: { answer: answer }, gradientNorms: true }
      drawn:
        file: holdout.jsonl
        generate: { maxNewTokens: 4, reference: answer, samples: { count: 5, seed: 3 } }
      patched: { file: forget.jsonl, texts: { answer: answer }, end: false, patchedLayers: true }
    metrics:
      norm: { kind: membership, better: lower, options: { attack: gradient-norm, forget: seen, holdout: unseen } }
      leak2: { kind: leak, better: lower, options: { set: drawn, k: 2, share: 0.01 } }
      leak9: { kind: leak, better: lower, options: { set: drawn, k: 9 } }
      depth: { kind: unlearning-depth, better: higher, options: { set: patched, threshold: 0.001 } }
ranking: { forget: probability, utility: probability }
`
const offered = parseBenchmark(yaml, 'rivers.yaml')
const benchmark = withExtras(offered, ['all'])
const rivers = ['Lethe', 'Styx', 'Acheron', 'Cocytus', 'Phlegethon']
const rows = (what: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    question: `${what} ${i}: which river?`,
    answer: `${rivers[i % rivers.length]}${' and on'.repeat(i % 3)}`,
  }))
const lines = (items: object[]) => items.map((item) => `${JSON.stringify(item)}\n`).join('')

let root: string
let options: EvaluateOptions
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lethe-extras-'))
  // More than a chunk, so that there is a place to stop in.
  await writeFile(join(root, 'forget.jsonl'), lines(rows('Forget', 131)))
  await writeFile(join(root, 'holdout.jsonl'), lines(rows('Never', 7)))
  options = {
    engine: await createEngine(),
    benchmark,
    model: await otherModel('unlearned', 0.8),
    original: textModel,
    data: root,
    output: join(root, 'references', 'model'),
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

/** The text model with all its float32 weights times a factor. */
async function otherModel(name: string, factor: number): Promise<string> {
  const folder = join(root, name)
  await cp(textModel, folder, { recursive: true })
  const path = join(folder, 'model.safetensors')
  const bytes = await readFile(path)
  for (let at = 8 + Number(bytes.readBigUInt64LE(0)); at < bytes.length; at += 4)
    bytes.writeFloatLE(factor * bytes.readFloatLE(at), at)
  await writeFile(path, bytes)
  return folder
}

const ofSet = (records: readonly SampleRecord[], wanted: string) =>
  records.filter(({ set }) => set === wanted)
const resultOf = (name: string, references: string | null = null) =>
  evaluatedModel(benchmark, options.output, references, { resamples: 0 }).results.find(
    ({ key }) => key === name,
  )!

describe('extras of a benchmark', () => {
  test('are measured only if asked for, by names that it has', () => {
    expect(Object.keys(offered.sets)).toEqual(['forget'])
    expect(Object.keys(benchmark.sets)).toHaveLength(5)
    expect(() => withExtras(offered, ['al'])).toThrow(/--with: .*Did you mean "all"/)
    const wrong = yaml.replace('set: drawn, k: 2', 'set: drown, k: 2')
    expect(() => parseBenchmark(wrong, 'r.yaml')).toThrow(/got "drown". Did you mean "drawn"/)
    const probing = (asked: string) => () =>
      parseBenchmark(yaml.replace('patchedLayers: true', `probes: ${asked}`), 'r.yaml')
    expect(probing('{ causal-trac: {} }')).toThrow(/Did you mean "causal-trace"/)
    expect(probing('{ causal-trace: { noise: -1 } }')).toThrow(/probes\.causal-trace\.noise/)
  })

  test('the gradient-norm attack ranks the mean norm over weights', async () => {
    const records = await recordsOf(options.output)
    const { model } = await openModel(textModel)
    const score = ({ texts }: SampleRecord) => {
      const norms = texts.answer[0].gradientNorms!
      expect(norms).toHaveLength(model.parameters.size)
      return norms.reduce((sum, norm) => sum + norm, 0) / norms.length
    }
    const [seen, unseen] = [ofSet(records, 'seen').map(score), ofSet(records, 'unseen').map(score)]
    expect(resultOf('norm').value).toBeCloseTo(rocAuc(seen, unseen), 12)
  })

  test('answers are drawn by seed, row and number, and counted', async () => {
    const drawn = ofSet(await recordsOf(options.output), 'drawn')
    const opened = await openModel(options.model)
    const session = await openSession(options.engine, opened, null)
    const generator = await createGenerator({
      engine: options.engine,
      model: opened.model,
      weights: graphWeights(opened.model),
      values: session.store.tensors,
    })
    const tokenizer = await openTokenizer(await nodeFolder(textModel))
    const set = await loadSet(root, 'drawn', benchmark.sets.drawn, {
      tokenizer,
      maxPositions: opened.model.maxPositions,
    })
    const [third] = await generator.generate([set!.rows[2].promptTokens], {
      maxNewTokens: 4,
      stopTokens: session.stopTokens,
      temperature: 1,
      seed: 3,
      streams: [['drawn', 'drawn', 2, 3]],
    })
    generator.dispose()
    expect(drawn[2].samples?.[3]).toBe(tokenizer.decode(third, { skipSpecialTokens: true }).trim())
    expect(new Set(drawn[2].samples).size).toBeGreaterThan(1)
    const chances = drawn.map(({ reference, samples }) => {
      const leaking = samples!.filter((one) => rougeL(reference!, one).recall >= 0.01)
      return leakAtK(5, leaking.length, 2)
    })
    const mean = chances.reduce((sum, chance) => sum + chance, 0) / chances.length
    expect(resultOf('leak2').value).toBeCloseTo(mean, 12)
    expect(resultOf('leak9').reason).toContain('5 samples')
  })

  test('depth is 1 for the model never trained, 0 for the original, and between as its formula', async () => {
    const references = join(root, 'references')
    const never = { ...options, model: await otherModel('never', 0.6) }
    await evaluateBenchmark({ ...never, output: join(references, 'never-trained') })
    await evaluateBenchmark({
      ...options,
      model: textModel,
      output: join(references, 'original'),
    })
    const { value, original, neverTrained } = resultOf('depth', references)
    expect([original, neverTrained]).toEqual([0, 1])
    const losses = async (folder: string) =>
      ofSet(await recordsOf(folder), 'patched').map(({ texts }) => {
        const { whole, layers } = texts.answer[0].patched!
        return layers.map((score) => whole - score)
      })
    const [own, beside] = [
      await losses(options.output),
      await losses(join(references, 'never-trained')),
    ]
    const depths = own.flatMap((unlearned, i) =>
      beside[i].some((loss) => loss > 0.001)
        ? [
            unlearningDepth(
              unlearned.map((loss, l) => ({ unlearned: loss, reference: beside[i][l] })),
              0.001,
            ),
          ]
        : [],
    )
    expect(value).toBeCloseTo(depths.reduce((sum, depth) => sum + depth, 0) / depths.length, 12)
    expect(value).toBeGreaterThan(0)
    expect(value).toBeLessThan(1)
    expect(resultOf('depth').reason).toContain('never trained')
    await expect(
      evaluateBenchmark({ ...options, original: null, output: join(root, 'x') }),
    ).rejects.toThrow(/--original: expected the original model/)
  })

  test('do not depend on the batch size', async () => {
    const output = join(root, 'single')
    await evaluateBenchmark({ ...options, output, limit: 9, tokensPerBatch: 1, cachePositions: 1 })
    await evaluateBenchmark({ ...options, output: join(root, 'nine'), limit: 9 })
    const [alone, together] = [await recordsOf(output), await recordsOf(join(root, 'nine'))]
    expect(alone.map(({ samples }) => samples)).toEqual(together.map(({ samples }) => samples))
    const numbers = (records: SampleRecord[]) =>
      records.flatMap(({ texts }) =>
        Object.values(texts)
          .flat()
          .flatMap(({ gradientNorms = [], patched }) => [
            ...gradientNorms,
            ...(patched ? [patched.whole, ...patched.layers] : []),
          ]),
      )
    const others = numbers(together)
    expect(others.length).toBeGreaterThan(100)
    for (const [i, value] of numbers(alone).entries())
      expect(Math.abs(value - others[i])).toBeLessThan(1e-4 * Math.max(1, others[i]))
  })

  test('go on to the same bytes after a stop', async () => {
    const output = join(root, 'stopped')
    let chunks = 0
    const stop = { ...options, output, stopRequested: () => chunks++ > 2 }
    expect(await evaluateBenchmark(stop)).toBe(false)
    expect(await evaluateBenchmark({ ...options, output })).toBe(true)
    expect(await recordsText(output)).toBe(await recordsText(options.output))
  })
})
