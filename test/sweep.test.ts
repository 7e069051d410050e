import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readEvents } from '../src/run/event-log.ts'
import { runFolderAt } from '../src/run/run-folder.ts'
import { tinyRecipe } from '../src/run/testing/tiny-run.ts'
import { runIn } from './helpers/cli.ts'
import { build, needing } from './helpers/needs.ts'

let root: string
let recipe: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lethe-sweep-'))
  const settings = { train: { steps: 6, saveEvery: 2 }, guards: { retainLossRise: null } }
  recipe = await tinyRecipe(root, 'tiny', settings)
})
afterAll(async () => {
  await rm(root, { recursive: true })
})

const lethe = (args: readonly string[], signalAt?: RegExp) => runIn(root, args, signalAt)

describe('lethe sweep', needing(build), () => {
  const sweep = (more: string[] = []) => [
    ...['sweep', recipe, '--grid', 'method.gamma=0.1,1', '--seeds', '2', '--output', 'out'],
    ...more,
  ]

  test('lists its runs, checks all of them, and says what is wrong with each once', async () => {
    const dry = await lethe(sweep(['--dry-run']))
    expect(dry.out.split('\n').map((line) => line.split(':')[0])).toEqual([
      'gamma-0.1_seed0',
      'gamma-0.1_seed1',
      'gamma-1_seed0',
      'gamma-1_seed1',
      '',
    ])
    expect(existsSync(join(root, 'out'))).toBe(false)
    const bad = await lethe(['sweep', recipe, '--grid', 'method.gamma=-1,x', '--seeds', '2'])
    expect(bad.code).toBe(2)
    expect(bad.err.trim().split('\n').length).toBe(2)
  })

  test('killed, leaves no run that goes on by itself', async () => {
    const long = sweep(['--output', 'killed', '--set', 'train.steps=4000'])
    // Its words end when the last process that has them does.
    await runIn(root, long, /\[1\/4\][\s\S]*step/, 'SIGKILL')
    const { events } = runFolderAt(join(root, 'killed', 'gamma-0.1_seed0'))
    expect(readEvents(events).at(-1)?.type).toBe('run.paused')
  })

  test('of two in one folder one is refused, and overwrites nothing', async () => {
    const both = () => lethe(sweep(['--seeds', '1', '--output', 'both', '--json']))
    const [done, refused] = (await Promise.all([both(), both()])).sort(
      (a, b) => Number(a.code) - Number(b.code),
    )
    expect([done.code, refused.code], done.err + refused.err).toEqual([0, 2])
    expect(refused.out).toContain('folder-in-use')
    const { cells } = JSON.parse(await readFile(join(root, 'both', 'sweep.json'), 'utf8'))
    for (const { name, state } of cells) {
      expect(state).toBe('finished')
      const events = readEvents(runFolderAt(join(root, 'both', name)).events)
      expect(events.map(({ id }) => id)).toEqual(events.map((_, i) => i + 1))
      expect(new Set(events.map(({ type }) => type)).has('run.resumed')).toBe(false)
    }
  }, 120_000)

  test('stops with the state saved, goes on, and its runs can be compared', async () => {
    const stopped = await lethe(sweep(), /\[2\/4\][\s\S]*step/)
    expect(stopped.code, stopped.err).toBe(130)
    const half = JSON.parse(await readFile(join(root, 'out', 'sweep.json'), 'utf8'))
    expect(half.cells[0].state).toBe('finished')
    expect(half.cells[3].state).toBe('waiting')

    const done = await lethe(sweep())
    expect(done.code, done.err).toBe(0)
    expect(done.err).toContain('[1/4] gamma-0.1_seed0: ended before')
    const whole = JSON.parse(await readFile(join(root, 'out', 'sweep.json'), 'utf8'))
    expect(whole.cells.map(({ state }: { state: string }) => state)).toEqual(
      new Array(4).fill('finished'),
    )
    expect(done.err).not.toContain('next:')

    const other = await lethe(sweep(['--set', 'train.learningRate=2e-3']))
    expect(other.code).toBe(2)
    expect(other.err).toContain('out/gamma-0.1_seed0: expected a run of this recipe, or none')

    const runs = whole.cells.map(({ name }: { name: string }) => join('out', name))
    const files = ['--html', 'c.html', '--svg', 'c.svg', '--csv', 'c.csv', '--markdown', 'c.md']
    const compared = await lethe(['compare', ...runs, ...files, '--json'])
    expect(compared.code, compared.err).toBe(0)
    const { rows, differing } = JSON.parse(compared.out)
    expect(differing).toEqual(['method.gamma'])
    expect(rows.map(({ seeds }: { seeds: number[] }) => seeds)).toEqual([
      [0, 1],
      [0, 1],
    ])
    for (const file of ['c.html', 'c.svg', 'c.csv', 'c.md'])
      expect((await readFile(join(root, file), 'utf8')).length).toBeGreaterThan(200)
  }, 60_000)
})
