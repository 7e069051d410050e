import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import { createDeviceEngine } from '../engine/testing/device-engine.ts'
import { resultOf, runRecipe, tinyPretraining, tinyRecipe } from './testing/tiny-run.ts'

let plain: Engine
let root: string
beforeAll(async () => {
  plain = await createEngine({ threads: 1 })
  root = await mkdtemp(join(tmpdir(), 'lethe-device-'))
})
afterAll(async () => {
  plain.dispose()
  await rm(root, { recursive: true })
})

const recipes: Record<string, (root: string) => Promise<string>> = {
  blur: (at) => tinyRecipe(at, 'blur', { train: { epochs: 1 } }),
  rmu: (at) => tinyRecipe(at, 'rmu', { method: { id: 'rmu' }, train: { epochs: 1 } }),
  loku: (at) => tinyRecipe(at, 'loku', { method: { id: 'loku' }, train: { epochs: 1 } }),
  'blur with examples weighed by gradients': (at) =>
    tinyRecipe(at, 'weighed', {
      forget: { examples: 'gradient-subspace' },
      retain: { examples: 'worst-case' },
      train: { epochs: 1 },
    }),
}

test.each(Object.entries(recipes))(
  'a run of %s on a device leaves the bytes of one on the host',
  async (name, write) => {
    const [onHost, onDevice] = [join(root, `${name} host`), join(root, `${name} device`)]
    const expected = await runRecipe(plain, await write(onHost))
    const got = await runRecipe(createDeviceEngine(plain), await write(onDevice))
    expect([got.outcome, expected.outcome]).toEqual(['finished', 'finished'])
    expect(await resultOf(got.folder)).toEqual(await resultOf(expected.folder))
  },
)

test('so does pretraining', async () => {
  const bytes = async (engine: Engine, name: string) => {
    const recipe = await tinyPretraining(join(root, name), 'pretrained', { epochs: 1 })
    const { folder } = await runRecipe(engine, recipe)
    return (await readFile(join(folder.model, 'model.safetensors'))).toString('base64')
  }
  expect(await bytes(createDeviceEngine(plain), 'there')).toBe(await bytes(plain, 'here'))
})
