import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../../files/package.ts'
import { methods } from '../../method/methods.ts'
import { loadRecipe } from '../../recipe/load.ts'
import { runCaptured } from '../testing/terminal.ts'

const cwd = mkdtempSync(join(tmpdir(), 'lethe-init-'))
const run = (...argv: string[]) => runCaptured(['init', ...argv], { cwd })
const read = (file: string) => readFileSync(join(cwd, file), 'utf8')
afterAll(() => rmSync(cwd, { recursive: true }))

describe('lethe init', () => {
  test('fills in what it is given', async () => {
    const flags = ['--model', './m', '--forget', 'f.jsonl', '--retain', 'r.jsonl']
    expect(await run('new/takedown.yaml', ...flags)).toEqual({
      code: 0,
      out: 'wrote new/takedown.yaml\n',
      err: '',
    })
    const text = read('new/takedown.yaml')
    expect(text.split('\n')[0]).toBe('# lethe run new/takedown.yaml')
    const { recipe } = loadRecipe(text, 'new/takedown.yaml')
    expect(recipe).toMatchObject({
      model: './m',
      forget: { path: 'f.jsonl' },
      retain: { path: 'r.jsonl' },
      goal: { forget: 'ignorance', keep: 0.95, within: '30m' },
      method: { id: 'level' },
      output: 'runs/takedown',
    })
  })

  test('without texts to keep the starting model’s own answers are kept', async () => {
    await run('alone.yaml')
    expect(read('alone.yaml')).toContain('\nretain: auto\n')
    const { recipe } = loadRecipe(read('alone.yaml'), 'alone.yaml')
    expect(recipe.retain?.path).toBe('auto')
    await run('none.yaml', '--method', 'ga')
    expect(loadRecipe(read('none.yaml'), 'none.yaml').recipe.retain).toBeNull()
  })

  test('writes no path of this machine', async () => {
    const data = ['f.jsonl', 'r.jsonl'].map((name) => join(cwd, 'data', name))
    const flags = ['--model', join(cwd, 'm'), '--forget', data[0], '--retain', data[1]]
    await run('deep/takedown.yaml', ...flags)
    expect(read('deep/takedown.yaml')).not.toContain(cwd)
    expect(loadRecipe(read('deep/takedown.yaml'), 'takedown.yaml').recipe).toMatchObject({
      model: '../m',
      forget: { path: '../data/f.jsonl' },
      retain: { path: '../data/r.jsonl' },
    })
  })

  test('names the JSON Schema where it lies with the recipe', async () => {
    await run('schema.yaml')
    expect(read('schema.yaml')).not.toContain('$schema')
    const inside = join(packageRoot(), 'node_modules', '.lethe-init-test.yaml')
    await run(inside, '--force')
    const path = /\$schema=(\S+)/.exec(readFileSync(inside, 'utf8'))?.[1] ?? ''
    rmSync(inside)
    expect(resolve(dirname(inside), path)).toBe(join(packageRoot(), 'schema', 'recipe.json'))
  })

  test.each([...methods.keys()])(
    '%s: every key that is commented out shows its default',
    async (id) => {
      await run(`${id}.yaml`, '--method', id, '--retain', 'r.jsonl')
      const text = read(`${id}.yaml`)
      const on = text
        .replaceAll(/^( *)#((?: {2})*)(?=\w+:)/gm, '$1$2')
        // These have no default: the line shows a choice.
        .replace(/^ *variant: .*\n/m, '')
      expect(on).not.toMatch(/^ *#\w/m)
      expect(loadRecipe(on, 'r.yaml').recipe).toEqual(loadRecipe(text, 'r.yaml').recipe)
    },
  )

  test('does not overwrite a file, unless told to', async () => {
    writeFileSync(join(cwd, 'mine.yaml'), 'mine')
    expect(await run('mine.yaml')).toEqual({
      code: 2,
      out: '',
      err: 'mine.yaml: expected a new file, got one that exists. Choose another name, or give --force to overwrite it\n',
    })
    expect(read('mine.yaml')).toBe('mine')
    expect((await run('mine.yaml', '--force', '--json')).out).toBe(
      '{"ok":true,"file":"mine.yaml"}\n',
    )
    expect(read('mine.yaml')).toContain('lethe run mine.yaml')
  })

  test('knows the methods', async () => {
    const { code, err } = await run('x.yaml', '--method', 'graddiff')
    expect([code, err]).toEqual([
      2,
      `lethe init --method: expected one of ${[...methods.keys()].join(', ')}, got "graddiff". Did you mean "grad-diff"?\n`,
    ])
  })
})
