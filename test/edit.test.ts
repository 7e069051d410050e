import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCaptured } from '../src/cli/testing/terminal.ts'
import { createEngine } from '../src/engine/node-engine.ts'
import { editModel } from '../src/job/edit-model.ts'
import { readStages } from '../src/recipe/read-stages.ts'
import { textModel, tinyRecipe } from '../src/run/testing/tiny-run.ts'
import { openModel } from '../src/train/session.ts'
import { cli } from './helpers/cli.ts'
import { build, needing } from './helpers/needs.ts'

const demo = resolve('assets/demo')
const tiny = resolve('assets/lethe-tiny')

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lethe-edit-'))
  await tinyRecipe(root, 'unused')
})
afterAll(async () => {
  await rm(root, { recursive: true })
})

async function write(name: string, text: string): Promise<string> {
  await writeFile(join(root, name), text)
  return name
}
const common = `model: ${textModel}
forget: { path: forget.jsonl }
retain: { path: retain.jsonl }
train: { batchSize: 2, epochs: 1, guards: { repetition: null, utilityFloor: null, noEffect: null, retainLossRise: null } }
evaluate: { every: null, maxNewTokens: 4, probes: 1 }
`

test('on a model that knows its answers: they are hidden, others stay, and the folder opens', async () => {
  const file = await write(
    'demo.yaml',
    `model: ${tiny}
forget: { path: ${demo}/forget.jsonl, limit: 24 }
retain: { path: ${demo}/retain.jsonl, limit: 150 }
stages:
  - name: hide
    edit: { id: unierase, layers: 'model.layers.{1-3}.mlp.down_proj.weight', epochs: 1, robustEpochs: 1 }
`,
  )
  const { stages } = await readStages(file, { cwd: root, env: {} })
  const [stage] = stages.filter((each) => each.kind === 'edit')
  const engine = await createEngine()
  const target = join(root, 'hidden')
  const { before, after } = await editModel({ engine, recipe: stage.recipe, target, progress() {} })
  engine.dispose()
  expect(before.forgetProbability).toBeGreaterThan(0.98)
  expect(before.tokenAfterForget).toBeLessThan(0.01)
  expect(after.tokenAfterForget).toBeGreaterThan(0.8)
  expect(after.forgetProbability).toBeLessThan(0.6)
  expect(after.tokenAfterRetain).toBeLessThan(0.1)
  expect(after.retainProbability).toBeGreaterThan(0.95)

  const start = await openModel(tiny)
  const { model, tokenizer, checkpoint } = await openModel(target)
  const token = start.tokenizer.vocabSize
  expect(model.vocab).toBe(Math.max(start.model.vocab, token + 1))
  expect([...tokenizer.encode('<unlearn>', { addSpecialTokens: false })]).toEqual([token])
  // Nothing has changed but the edited matrices and the row of the token.
  const changed: string[] = []
  for (const name of start.checkpoint.tensors.keys()) {
    const [was, is] = [await start.checkpoint.read(name), await checkpoint.read(name)]
    if (!was.every((x, i) => x === is[i])) changed.push(name)
  }
  expect(changed).toEqual([1, 2, 3].map((layer) => `model.layers.${layer}.mlp.down_proj.weight`))
  expect(await readFile(join(target, 'README.md'), 'utf8')).toContain('hidden behind it, not gone')
})

describe('in a recipe of stages', () => {
  test('an edit has the shared sections and its own knobs, and begins with the model before it', async () => {
    const file = await write(
      'plan.yaml',
      `${common}stages:
  - { name: light, method: npo }
  - { name: hide, edit: unierase, retain: { limit: 5 } }
`,
    )
    const sets = ['edit.reach=2', 'train.seed=3']
    const { stages } = await readStages(file, { cwd: root, env: {}, sets })
    expect(stages[0]).toMatchObject({ recipe: { train: { seed: 3 } } })
    expect(stages[1]).toMatchObject({
      kind: 'edit',
      folder: '2-hide',
      recipe: {
        model: 'runs/plan/1-light/model',
        forget: { path: 'forget.jsonl' },
        retain: { path: 'retain.jsonl', limit: 5 },
        edit: { id: 'unierase', reach: 2, preserve: 1 },
      },
    })
  })

  test.each([
    ['edit: { id: unieraze }', 'edit.id: expected unierase, got "unieraze"'],
    ['edit: { preserv: 2 }', 'edit.preserv: expected'],
    ['edit: unierase, train: { epochs: 1 }', 'stages[0].train: expected one of name, from'],
    ['edit: unierase, chunkSize: 3', 'stages[0].chunkSize: expected one of name, from'],
    ['edit: unierase, forget: { tokens: critical }', 'forget.tokens: expected'],
  ])('%s is refused where it stands', async (stage, expected) => {
    const file = await write('bad.yaml', `${common}stages:\n  - { name: a, ${stage} }\n`)
    const { code, err } = await runCaptured(['validate', file], { cwd: root })
    expect(code).toBe(2)
    expect(err).toMatch(/^bad.yaml:7:\d+: /)
    expect(err).toContain(expected)
  })

  test('it follows a run, says what it did, and is not done twice', needing(build), async () => {
    const text = `${common}stages:
  - { name: light, method: npo }
  - { name: hide, edit: { id: unierase, layers: '*.1.mlp.down_proj.weight' } }
`
    const run = async (recipe: string) => {
      const file = await write('run.yaml', recipe)
      return spawnSync(process.execPath, [cli, 'run', file], { cwd: root, encoding: 'utf8' })
    }
    const first = await run(text)
    expect(first.status, first.stderr).toBe(0)
    expect(first.stderr).toMatch(/probability of forget answers: \S+ before, \S+ after/)
    const folder = join(root, 'runs', 'run', '2-hide')
    expect(await readFile(join(folder, 'recipe.yaml'), 'utf8')).toContain('preserve: 1')
    await openModel(join(root, 'runs', 'run', 'model'))
    const again = await run(text)
    expect(again.status, again.stderr).toBe(0)
    expect(again.stderr).not.toContain('before')
    const other = await run(text.replace('id: unierase,', 'id: unierase, reach: 2,'))
    expect(other.status).toBe(2)
    expect(other.stderr).toContain('expected an edit of this stage, or none')
  })
})
