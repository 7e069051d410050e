import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needing } from '../../test/helpers/needs.ts'
import { UserError } from '../error.ts'
import { readAnyRecipe, readPretrainRecipe, readRecipe } from './read.ts'
import { withoutLists } from './testing/without-lists.ts'

const cwd = mkdtempSync(join(tmpdir(), 'lethe-locate-'))
const put = (path: string, text = '') => {
  mkdirSync(join(cwd, path, '..'), { recursive: true })
  writeFileSync(join(cwd, path), text)
}
const recipe = `model: my-model
forget: { path: forget.jsonl }
retain: { path: both.jsonl }
method: npo
`
const options = { cwd, env: { HF_HOME: join(cwd, 'hf') } }

async function linesOf(promise: Promise<unknown>): Promise<string[]> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error instanceof UserError) return withoutLists(error.message).split('\n')
  if (error) throw error
  return []
}

beforeAll(() => {
  put('my-model/config.json', '{}')
  put('recipes/forget.jsonl')
  put('recipes/both.jsonl')
  put('both.jsonl')
  put('recipes/r.yaml', recipe)
  put('hf/hub/models--me--tiny/refs/main', 'abc\n')
  put('hf/hub/models--me--tiny/snapshots/abc/config.json', '{}')
})
afterAll(() => rmSync(cwd, { recursive: true }))

describe('paths of a recipe', () => {
  test('are taken from its folder first, then from the current folder', async () => {
    const { recipe } = await readRecipe('recipes/r.yaml', options)
    expect([recipe.model, recipe.forget.path, recipe.retain?.path, recipe.output]).toEqual([
      'my-model',
      'recipes/forget.jsonl',
      'recipes/both.jsonl',
      'runs/r',
    ])
  })

  test('outside the current folder are absolute', async () => {
    const there = { ...options, cwd: join(cwd, 'hf') }
    put(
      'far.yaml',
      recipe.replace('my-model', join(cwd, 'my-model')).replace(': forget', ': recipes/forget'),
    )
    const { recipe: found } = await readRecipe('../far.yaml', there)
    expect(found.forget.path).toBe(join(cwd, 'recipes/forget.jsonl'))
  })

  test('of the hub are found in its cache', async () => {
    put(
      'hub.yaml',
      recipe.replace('my-model', 'hub:me/tiny').replace(': forget', ': recipes/forget'),
    )
    const found = await readRecipe('hub.yaml', options)
    expect(found.recipe.model).toBe('hf/hub/models--me--tiny/snapshots/abc')
    expect(await linesOf(readRecipe('hub.yaml', { cwd, env: { HF_HOME: '/nowhere' } }))).toEqual([
      'hub.yaml:1:8: model: expected me/tiny in the local Hugging Face cache, got nothing of it in /nowhere/hub. Download it first: hf download me/tiny',
    ])
  })

  test('that lead nowhere are told together with the other mistakes', async () => {
    put(
      'wrong.yaml',
      recipe
        .replace('my-model', 'recipes')
        .replace('forget.jsonl', 'recipes/forgot.jsonl')
        .replace('both.jsonl', 'my-model')
        .concat('train: { epoch: 2 }\noutput: both.jsonl/runs\n'),
    )
    expect(await linesOf(readRecipe('wrong.yaml', options))).toEqual([
      'wrong.yaml:1:8: model: expected a Hugging Face model folder, got a folder without config.json. The folder has both.jsonl, forget.jsonl, r.yaml',
      'wrong.yaml:2:17: forget.path: expected a .jsonl or .json file, got "recipes/forgot.jsonl", which is neither beside the recipe nor in the current folder. Did you mean "recipes/forget.jsonl"?',
      'wrong.yaml:3:17: retain.path: expected a .jsonl or .json file, got a folder. The folder has config.json',
      'wrong.yaml:5:10: train.epoch: expected one of …, got unknown key "epoch". Did you mean "epochs"?',
      'wrong.yaml:6:9: output: expected a folder, got the file both.jsonl',
    ])
    expect(await linesOf(readRecipe('wrong.yaml', { ...options, files: false }))).toHaveLength(1)
  })

  test(
    'an output folder without permission',
    needing({ what: 'a user other than root', here: process.getuid?.() !== 0 }),
    async () => {
      put('locked/x')
      chmodSync(join(cwd, 'locked'), 0o500)
      const sets = ['output=locked/run']
      expect(await linesOf(readRecipe('recipes/r.yaml', { ...options, sets }))).toEqual([
        'output: expected a folder that can be written, got no permission to write in locked (from --set output=locked/run)',
      ])
    },
  )
})

describe('a recipe file', () => {
  test('that is not there', async () => {
    expect(await linesOf(readRecipe('none.yaml', options))).toEqual([
      'none.yaml: expected a recipe (.yaml, .yml or .json), got no such file. lethe init writes one to start from',
    ])
  })

  test('that is not UTF-8', async () => {
    writeFileSync(join(cwd, 'latin.yaml'), Buffer.from([0x6d, 0x3a, 0x20, 0xe9, 0x0a]))
    expect(await linesOf(readRecipe('latin.yaml', options))).toEqual([
      'latin.yaml: expected UTF-8 text, got other bytes. Save the file as UTF-8',
    ])
  })

  test('of the other kind', async () => {
    expect(await linesOf(readPretrainRecipe('recipes/r.yaml', options))).toEqual([
      'recipes/r.yaml:1:1: expected a pretraining recipe, got an unlearning recipe. That is for lethe run recipes/r.yaml',
    ])
  })

  test('for pretraining is recognised, and its lists of files are found', async () => {
    put(
      'pretrain.yaml',
      `model: { hidden_size: 8, intermediate_size: 16, num_hidden_layers: 1, num_attention_heads: 2 }
tokenizer: { path: my-model }
data: { path: [both.jsonl, recipes/forget.jsonl, gone.jsonl] }
`,
    )
    expect(await linesOf(readAnyRecipe('pretrain.yaml', options))).toEqual([
      'pretrain.yaml:2:20: tokenizer.path: expected a folder with tokenizer.json, got a folder without tokenizer.json. The folder has config.json',
      'pretrain.yaml:3:50: data.path[2]: expected a .jsonl or .json file, got "gone.jsonl", which is neither beside the recipe nor in the current folder',
    ])
    put('my-model/tokenizer.json', '{}')
    const sets = ['data.path=both.jsonl']
    const { kind, recipe } = await readAnyRecipe('pretrain.yaml', { ...options, sets })
    expect([kind, (recipe as { data: { path: string } }).data.path]).toEqual([
      'pretrain',
      'both.jsonl',
    ])
  })
})
