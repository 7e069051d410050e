import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withoutLists } from '../../recipe/testing/without-lists.ts'
import { runCaptured } from '../testing/terminal.ts'

const cwd = mkdtempSync(join(tmpdir(), 'lethe-validate-'))
const run = (...argv: string[]) => runCaptured(['validate', ...argv], { cwd })
const five = `model: my-model
forget: { path: forget.jsonl, limt: 3 }
retain: { path: retain.jsonl }
method: { id: npo, gamma: 1 }
train:
  learningRate: 1e-5x
  steps: 10
  epochs: 2
  schedule: cosin
`

beforeAll(() => {
  writeFileSync(join(cwd, 'five.yaml'), five)
  const right = five
    .replace(', limt: 3', '')
    .replace(', gamma: 1', '')
    .replace('1e-5x', '1e-5')
    .replace('  epochs: 2\n', '')
    .replace('cosin', 'cosine')
  writeFileSync(join(cwd, 'right.yaml'), right)
})
afterAll(() => rmSync(cwd, { recursive: true }))

describe('lethe validate', () => {
  test('reports five different mistakes at once, each at its place', async () => {
    const { code, out, err } = await run('five.yaml', '--no-files')
    expect([code, out]).toEqual([2, ''])
    expect(withoutLists(err).trim().split('\n')).toEqual([
      'five.yaml:2:31: forget.limt: expected one of …, got unknown key "limt". Did you mean "limit"?',
      'five.yaml:4:20: method.gamma: expected one of …, got unknown key "gamma". "gamma" is a knob of combiner bilevel',
      'five.yaml:6:17: train.learningRate: expected number > 0, got "1e-5x"',
      'five.yaml:7:3: train.steps: expected epochs or steps, not both, got epochs 2 and steps 10. Remove one of the two lines',
      'five.yaml:9:13: train.schedule: expected constant, linear or cosine, got "cosin". Did you mean "cosine"?',
    ])
  })

  test('adds the files that are missing', async () => {
    const { code, err } = await run('five.yaml')
    expect(code).toBe(2)
    expect(err.split('\n').map((line) => line.split(' expected')[0])).toEqual([
      'five.yaml:1:8: model:',
      'five.yaml:2:17: forget.path:',
      'five.yaml:2:31: forget.limt:',
      'five.yaml:3:17: retain.path:',
      'five.yaml:4:20: method.gamma:',
      'five.yaml:6:17: train.learningRate:',
      'five.yaml:7:3: train.steps:',
      'five.yaml:9:13: train.schedule:',
      '',
    ])
  })

  test('gives the problems as data with --json', async () => {
    const { code, out, err } = await run('five.yaml', '--no-files', '--json')
    expect([code, err]).toEqual([2, ''])
    const { ok, problems } = JSON.parse(out)
    expect([ok, problems.length]).toEqual([false, 5])
    expect(problems[0]).toMatchObject({
      code: 'unknown-key',
      path: 'forget.limt',
      position: { file: 'five.yaml', line: 2, column: 31 },
      hint: 'Did you mean "limit"?',
    })
  })

  test('accepts a right recipe', async () => {
    expect(await run('right.yaml', '--no-files')).toEqual({
      code: 0,
      out: 'right.yaml: valid, for lethe run\n',
      err: '',
    })
  })

  test('prints the complete recipe, or it as data', async () => {
    const set = ['--set', 'train.seed=3', '--set', 'method.beta=0.2']
    const text = await run('right.yaml', '--no-files', '--resolved', ...set)
    expect(text.out).toMatch(
      /^# lethe run right\.yaml --set train\.seed=3 --set method\.beta=0\.2\n/,
    )
    expect(text.out).toContain('  learningRate: 1e-5 # right.yaml:6\n')
    expect(text.out).toContain('  seed: 3 # --set train.seed=3\n')
    const data = JSON.parse((await run('right.yaml', '--no-files', '--json', ...set)).out)
    expect(data).toMatchObject({ ok: true, file: 'right.yaml', kind: 'unlearn' })
    expect(data.recipe.method).toMatchObject({ id: 'npo', beta: 0.2 })
    expect(data.provenance['method.beta']).toEqual({ from: 'flag', flag: '--set method.beta=0.2' })
  })
})
