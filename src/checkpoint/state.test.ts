import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemsOf } from '../files/testing/problems-of.ts'
import { temporaryFolder } from '../files/testing/temporary-folder.ts'
import { integer } from '../math/random.ts'
import {
  latestState,
  loadLatestState,
  loadState,
  retainStates,
  saveState,
  type TrainingState,
} from './state.ts'

const bits = Uint32Array.of(0x7fc12345, 0x80000000, 1, 0x7f800001, 0xff800000, 0x3f800001)
const state = (step: number): TrainingState => ({
  step,
  data: { epoch: 1, loss: 0.1 + 0.2, deep: { list: [1e-320, 5e-324, 2 ** 53, null, 'x'] } },
  tensors: new Map([
    ['weight', { shape: [2, 3], data: new Float32Array(bits.buffer) }],
    ['adamw/firstMoment/weight', { shape: [2], data: Float32Array.of(step, -step) }],
    ['empty', { shape: [0], data: new Float32Array(0) }],
  ]),
})
const steps = (dir: string) => readdir(dir)

describe('saveState', () => {
  it('brings everything back bit for bit', () =>
    temporaryFolder(async (dir) => {
      const path = await saveState(dir, state(120))
      expect(path).toBe(join(dir, 'step-000120'))
      const back = await loadState(path)
      expect(back.step).toBe(120)
      expect(back.data).toEqual(state(120).data)
      expect(new Set(back.tensors.keys())).toEqual(new Set(state(120).tensors.keys()))
      for (const [name, { shape, data }] of state(120).tensors) {
        const tensor = back.tensors.get(name)
        expect(tensor?.shape).toEqual(shape)
        expect(Buffer.from(tensor!.data.buffer)).toEqual(Buffer.from(data.buffer))
      }
    }))

  it('replaces a state of the same step', () =>
    temporaryFolder(async (dir) => {
      await saveState(dir, state(1))
      await saveState(dir, { ...state(1), data: { second: true } })
      expect(await steps(dir)).toEqual(['step-000001'])
      expect((await loadState(join(dir, 'step-000001'))).data).toEqual({ second: true })
    }))

  it('refuses numbers that JSON cannot hold', () =>
    temporaryFolder(async (dir) => {
      const bad = { ...state(1), data: { best: { loss: Infinity } } }
      await expect(saveState(dir, bad)).rejects.toThrow('got loss = Infinity')
      expect(await steps(dir)).toEqual([])
    }))

  it('says in words that a place cannot be written', async () => {
    expect(await problemsOf(() => saveState('/dev/null/state', state(1)))).toMatchObject([
      { code: 'unwritable-output', path: '/dev/null/state/step-000001' },
    ])
  })
})

describe('latestState', () => {
  it('is null without a folder and without states', () =>
    temporaryFolder(async (dir) => {
      expect(await latestState(join(dir, 'none'))).toBeNull()
      await mkdir(join(dir, 'step-x'))
      expect(await latestState(dir)).toBeNull()
    }))

  it('is the newest by number that is whole', () =>
    temporaryFolder(async (dir) => {
      for (const step of [2, 999_999, 1_000_000, 10]) await saveState(dir, state(step))
      expect(await latestState(dir)).toBe(join(dir, 'step-1000000'))
      expect(await latestState(dir, 1_000_000)).toBe(join(dir, 'step-999999'))
      expect(await latestState(dir, 2)).toBeNull()

      await truncate(join(dir, 'step-1000000', 'tensors.safetensors'), 100)
      expect(await latestState(dir)).toBe(join(dir, 'step-999999'))
      await writeFile(join(dir, 'step-999999', 'state.json'), '{"version": 1')
      expect(await latestState(dir)).toBe(join(dir, 'step-000010'))
      await rm(join(dir, 'step-000010', 'state.json'))
      expect(await latestState(dir)).toBe(join(dir, 'step-000002'))
      await rm(join(dir, 'step-000002', 'tensors.safetensors'))
      expect(await latestState(dir)).toBeNull()
      await mkdir(join(dir, '.step-000003.1-0.tmp'))
      expect(await latestState(dir)).toBeNull()
    }))

  it('names what is wrong with a state', () =>
    temporaryFolder(async (dir) => {
      const path = await saveState(dir, state(1))
      await writeFile(join(path, 'state.json'), '{"version": 2, "step": 1}')
      expect(await problemsOf(() => loadState(path))).toMatchObject([
        { code: 'invalid-state', expected: expect.stringContaining('"version":1') },
      ])
    }))
})

describe('loadLatestState', () => {
  const flip = async (path: string, at: number) => {
    const bytes = await readFile(path)
    bytes[at] ^= 1
    await writeFile(path, bytes)
  }

  it('is null where none was saved', () =>
    temporaryFolder(async (dir) => expect(await loadLatestState(dir)).toBeNull()))

  it('notices every flipped bit, and goes back to the state before', () =>
    temporaryFolder(async (dir) => {
      await saveState(dir, state(1))
      for (const file of ['state.json', 'tensors.safetensors']) {
        const path = await saveState(dir, state(2))
        const size = (await stat(join(path, file))).size
        for (let draw = 0; draw < 64; draw++) {
          const at = integer(1, ['flip', file], draw, size)
          await flip(join(path, file), at)
          const latest = await loadLatestState(dir)
          expect(latest?.state.step, `${file}, byte ${at}`).toBe(1)
          expect(latest?.passedOver.length).toBeGreaterThan(0)
          await flip(join(path, file), at)
        }
        expect((await loadLatestState(dir))?.state.step).toBe(2)
      }
    }))

  it('says what is wrong where none is left', () =>
    temporaryFolder(async (dir) => {
      const path = await saveState(dir, state(1))
      await flip(
        join(path, 'tensors.safetensors'),
        (await stat(join(path, 'tensors.safetensors'))).size - 1,
      )
      expect(await problemsOf(() => loadLatestState(dir))).toMatchObject([
        { code: 'damaged-state', path },
      ])
    }))

  it('reads states of version 1, which had no checksums', () =>
    temporaryFolder(async (dir) => {
      const path = await saveState(dir, state(1))
      const { sha256: _, ...rest } = JSON.parse(await readFile(join(path, 'state.json'), 'utf8'))
      await writeFile(join(path, 'state.json'), JSON.stringify({ ...rest, version: 1 }))
      expect((await loadLatestState(dir))?.state.data).toEqual(state(1).data)
    }))
})

describe('retainStates', () => {
  it('keeps the newest whole ones and clears leftovers', () =>
    temporaryFolder(async (dir) => {
      await retainStates(join(dir, 'none'), 1)
      for (const step of [1, 2, 3, 4]) await saveState(dir, state(step))
      await truncate(join(dir, 'step-000003', 'tensors.safetensors'), 100)
      await mkdir(join(dir, '.step-000005.999999999-0.tmp'))
      await retainStates(dir, 2)
      expect(await steps(dir)).toEqual(['step-000002', 'step-000003', 'step-000004'])
      await retainStates(dir, 1)
      expect(await steps(dir)).toEqual(['step-000004'])
      await expect(retainStates(dir, 0)).rejects.toThrow('keep: expected ≥ 1, got 0')
    }))

  it('keeps the newest that was looked at, and the newest of finite numbers', () =>
    temporaryFolder(async (dir) => {
      const save = (step: number, value: number) => {
        const weights = { shape: [1], data: Float32Array.of(value) }
        return saveState(dir, { step, data: {}, tensors: new Map([['weights', weights]]) })
      }
      for (const step of [1, 2, 3, 4]) await save(step, step)
      await retainStates(dir, 1, 2)
      expect(await steps(dir)).toEqual(['step-000002', 'step-000004'])
      for (const [step, value] of [
        [5, Number.NaN],
        [6, Number.POSITIVE_INFINITY],
      ]) {
        await save(step, value)
        await retainStates(dir, 1)
      }
      expect(await steps(dir)).toEqual(['step-000004', 'step-000006'])
    }))
})

describe('kill -9 at random moments', () => {
  const root = new URL('../../', import.meta.url).pathname
  let folder: string

  beforeAll(async () => {
    // Inside the checkout, so that the child finds the packages.
    await mkdir(join(root, '.scratch'), { recursive: true })
    folder = await mkdtemp(join(root, '.scratch/kill-'))
    await build({
      configFile: false,
      logLevel: 'silent',
      build: { ssr: join(root, 'src/checkpoint/testing/save-forever.ts'), outDir: folder },
    })
  })

  afterAll(() => rm(folder, { recursive: true }))

  it('leaves the last acknowledged state or a newer one, whole', async () => {
    const dir = join(folder, 'state')
    let acknowledged = 0
    for (let round = 0; round < 12; round++) {
      const child = spawn(process.execPath, [join(folder, 'save-forever.js'), dir])
      acknowledged = Math.max(
        acknowledged,
        await killAfterSaves(child, 1 + integer(0, ['saves'], round, 5), round),
      )
      const latest = await latestState(dir)
      expect(latest).not.toBeNull()
      const { step, data, tensors } = await loadState(latest as string)
      expect(step).toBeGreaterThanOrEqual(acknowledged)
      expect(data).toEqual({ step })
      for (const { data: values } of tensors.values())
        expect(values.every((value, i) => value === step + (i % 7))).toBe(true)
    }
    expect(acknowledged).toBeGreaterThan(10)
  })
})

/** Kills the child some random time after it has acknowledged `saves` states; the last step it acknowledged. */
async function killAfterSaves(child: ChildProcess, saves: number, round: number): Promise<number> {
  const exit = once(child, 'exit')
  let last = 0
  let seen = 0
  let errors = ''
  child.stderr?.on('data', (text) => {
    errors += text
  })
  for await (const line of createInterface({ input: child.stdout! })) {
    last = Number(line)
    if (++seen === saves) {
      // In microseconds, so that every part of a save is hit.
      const wait = integer(0, ['kill'], round, 60_000) / 1000
      const start = performance.now()
      setTimeout(() => {
        while (performance.now() - start < wait);
        child.kill('SIGKILL')
      }, Math.floor(wait))
    }
  }
  expect(await exit, errors).toEqual([null, 'SIGKILL'])
  return last
}
