import type { ChildProcess } from 'node:child_process'
import { existsSync, watch } from 'node:fs'
import {
  appendFile,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCheckpoint } from '../src/checkpoint/folder.ts'
import { nodeFolder } from '../src/checkpoint/node-folder.ts'
import { loadState } from '../src/checkpoint/state.ts'
import { lockName } from '../src/files/hold-folder.ts'
import { integer } from '../src/math/random.ts'
import { readEvents } from '../src/run/event-log.ts'
import type { RunEvent } from '../src/run/events.ts'
import { runFolderAt } from '../src/run/run-folder.ts'
import { readSamples } from '../src/run/samples.ts'
import { eventsOf, resultOf, type TinySettings, tinyRecipe } from '../src/run/testing/tiny-run.ts'
import { runCli, runIn } from './helpers/cli.ts'
import { build, needing } from './helpers/needs.ts'
import { testSeed } from './helpers/seed.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'lethe-kill-'))
})
afterAll(async () => {
  await rm(root, { recursive: true })
})

const settings: TinySettings = {
  train: { steps: 40, saveEvery: 3, schedule: 'cosine', warmupSteps: 5 },
  guards: { retainLossRise: null },
}

/** Where values lie one after another in others; −1: nowhere. */
function indexOfRun(values: Float32Array, wanted: Float32Array): number {
  const [all, own] = [values, wanted].map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  )
  return all.indexOf(own)
}

describe('the command line', needing(build), () => {
  let expected: { model: string; metrics: string }
  beforeAll(async () => {
    const whole = await runCli(['run', await tinyRecipe(root, 'whole', settings)])
    expect(whole.code, whole.err).toBe(0)
    expected = await resultOf(runFolderAt(join(root, 'whole')))
  })

  async function expectSameResult(name: string): Promise<void> {
    const found = await resultOf(runFolderAt(join(root, name)))
    expect(found.metrics).toBe(expected.metrics)
    expect(found.model === expected.model, 'the bytes of model.safetensors').toBe(true)
  }

  /** Kills the child up to 20 ms after an event: at any point of what comes next. */
  const killAfter = (round: number, wanted: (event: RunEvent) => boolean) => {
    let killed = false
    return (event: RunEvent, child: ChildProcess) => {
      if (killed || !wanted(event)) return
      killed = true
      setTimeout(() => child.kill('SIGKILL'), integer(testSeed, ['wait'], round, 21))
    }
  }
  const between = (low: number, high: number) =>
    low + integer(testSeed, ['step'], low, high - low + 1)

  test(`killed at five random moments (LETHE_TEST_SEED=${testSeed}) and resumed, a run writes the same bytes`, async () => {
    const recipe = await tinyRecipe(root, 'killed', settings)
    const folder = runFolderAt(join(root, 'killed'))
    const ending = (event: RunEvent) => event.type === 'eval.started' && event.phase === 'after'
    const atStep = (step: number) => (event: RunEvent) =>
      (event.type === 'step' && event.step >= step) || ending(event)
    const moments: [string, (event: RunEvent) => boolean][] = [
      ['while it is measured before', ({ type }) => type === 'eval.started'],
      ['in the first steps', atStep(between(1, 12))],
      ['in the middle', atStep(between(15, 25))],
      ['near the end', atStep(between(28, 36))],
      ['while it is exported or measured after', atStep(40)],
    ]
    for (const [i, [name, wanted]] of moments.entries()) {
      const args = i === 0 ? ['run', recipe] : ['resume', folder.path]
      const { signal, err } = await runCli(args, { onEvent: killAfter(i, wanted) })
      expect(signal, `${name}: ${err}`).toBe('SIGKILL')
    }
    const last = await runCli(['resume', folder.path])
    expect(last.code, last.err).toBe(0)
    await expectSameResult('killed')
    const events = readEvents(folder.events)
    expect(events.map(({ id }) => id)).toEqual(events.map((_, i) => i + 1))
    expect(eventsOf(events, 'run.resumed').length).toBeGreaterThanOrEqual(3)
    expect(events.at(-1)?.type).toBe('run.finished')
    // Nothing is left of what was being written.
    const again = await runCli(['resume', folder.path])
    expect(again).toMatchObject({ code: 0, events: [] })
    expect(again.err).toContain('is finished already')
  })

  test('a run that began with a plugin goes on with that plugin only', async () => {
    const plugin = join(root, 'own-loss.ts')
    await copyFile('examples/own-loss.ts', plugin)
    const recipe = await tinyRecipe(root, 'plugged', {
      ...settings,
      method: { id: 'blur', forgetLoss: 'mean-probability' },
    })
    const folder = runFolderAt(join(root, 'plugged'))
    const stop = (event: RunEvent, child: ChildProcess) => {
      if (event.type === 'step' && event.step === 2) child.kill('SIGINT')
    }
    const begun = await runCli(['run', recipe, '--plugin', plugin], { onEvent: stop })
    expect(begun.code, begun.err).toBe(130)
    await appendFile(plugin, '// another file\n')
    const refused = await runCli(['resume', folder.path])
    expect(refused.code).toBe(2)
    expect(JSON.stringify(refused.events)).toContain('the file that the run began with')
    await copyFile('examples/own-loss.ts', plugin)
    const resumed = await runCli(['resume', folder.path])
    expect(resumed.code, resumed.err).toBe(0)
  })

  test('killed before its first event, a run can be resumed', async () => {
    const recipe = await tinyRecipe(root, 'early', settings)
    const folder = runFolderAt(join(root, 'early'))
    await mkdir(root, { recursive: true })
    const { signal } = await runCli(['run', recipe], {
      onStart(child) {
        const watcher = watch(root, () => {
          if (!existsSync(folder.path)) return
          watcher.close()
          const poll = setInterval(() => {
            if (!existsSync(folder.recipe)) return
            clearInterval(poll)
            child.kill('SIGKILL')
          }, 1)
        })
      },
    })
    expect(signal).toBe('SIGKILL')
    expect(readEvents(folder.events)).toEqual([])
    const resumed = await runCli(['resume', folder.path])
    expect(resumed.code, resumed.err).toBe(0)
    await expectSameResult('early')
  })

  test('Ctrl-C once saves the state and stops; resumed, the run writes the same bytes', async () => {
    const recipe = await tinyRecipe(root, 'interrupted', settings)
    const stopped = await runCli(['run', recipe], {
      onEvent: (event, child) => {
        if (event.type === 'step' && event.step === 10) child.kill('SIGINT')
      },
    })
    expect(stopped.code, stopped.err).toBe(130)
    expect(stopped.err).toContain('the state will be saved')
    const [paused] = eventsOf(stopped.events, 'run.paused')
    expect(stopped.events.at(-1)).toBe(paused)
    expect(paused.step).toBeLessThan(40)
    expect(paused.statePath).toContain(`step-${String(paused.step).padStart(6, '0')}`)
    const resumed = await runCli(['resume', join(root, 'interrupted')])
    expect(resumed.code, resumed.err).toBe(0)
    expect(resumed.events[0]).toMatchObject({ type: 'run.resumed', step: paused.step })
    await expectSameResult('interrupted')
  })

  test('a second process is refused while a first one works in the folder, and disturbs nothing', async () => {
    const recipe = await tinyRecipe(root, 'two', settings)
    let second: ReturnType<typeof runIn> | undefined
    const first = await runCli(['run', recipe], {
      onEvent: (event, child) => {
        if (second || event.type !== 'step') return
        child.kill('SIGSTOP')
        second = runIn(root, ['resume', 'two']).finally(() => child.kill('SIGCONT'))
      },
    })
    expect(await second).toMatchObject({ code: 2, err: expect.stringContaining('works in') })
    expect(first.code, first.err).toBe(0)
    expect(await runIn(root, ['run', recipe])).toMatchObject({
      code: 2,
      err: expect.stringContaining('lethe resume'),
    })
    await expectSameResult('two')
  })

  test('of two that go on with one run one is refused, and disturbs nothing', async () => {
    const recipe = await tinyRecipe(root, 'both', settings)
    const folder = runFolderAt(join(root, 'both'))
    const stop = (event: RunEvent, child: ChildProcess) => {
      if (event.type === 'step' && event.step === 2) child.kill('SIGINT')
    }
    expect((await runCli(['run', recipe], { onEvent: stop })).code).toBe(130)
    const resume = () => runCli(['resume', folder.path])
    const [done, refused] = (await Promise.all([resume(), resume()])).sort(
      (a, b) => Number(a.code) - Number(b.code),
    )
    expect([done.code, refused.code], done.err + refused.err).toEqual([0, 2])
    expect(JSON.stringify(refused.events)).toContain('folder-in-use')
    await expectSameResult('both')
    const events = readEvents(folder.events)
    expect(events.map(({ id }) => id)).toEqual(events.map((_, i) => i + 1))
    expect(eventsOf(events, 'run.resumed').length).toBe(1)
  })

  test('a reader that leaves after one line, as head -1 does, does not end the run as if it were done', async () => {
    const folder = runFolderAt(join(root, 'head'))
    const left = await runCli(['run', await tinyRecipe(root, 'head', settings)], {
      onEvent: (_, child) => void child.stdout?.destroy(),
    })
    expect(left.code, left.err).toBe(130)
    expect(existsSync(folder.model)).toBe(false)
    expect(readEvents(folder.events).at(-1)?.type).toBe('run.paused')
    const resumed = await runCli(['resume', folder.path])
    expect(resumed.code, resumed.err).toBe(0)
    await expectSameResult('head')
  })

  test('killed before its report was written, a finished run is reported when somebody goes on with it', async () => {
    const { report } = runFolderAt(join(root, 'whole'))
    const written = await readFile(report, 'utf8')
    const left = () => writeFile(join(root, 'whole', lockName), '')
    for (const lose of [() => rm(report), () => utimes(report, 0, 0), left]) {
      await lose()
      const again = await runCli(['resume', join(root, 'whole')])
      expect(again).toMatchObject({ code: 0, err: expect.stringContaining('finished already') })
      expect(await readFile(report, 'utf8')).toBe(written)
      expect((await stat(report)).mtimeMs).toBeGreaterThan(1e9)
      expect(existsSync(join(root, 'whole', lockName))).toBe(false)
    }
  })

  const asked: [string, (child: ChildProcess) => void][] = [
    ['SIGTERM', (child) => void child.kill('SIGTERM')],
    ['a closed terminal', (child) => void (child.kill('SIGHUP') && child.kill('SIGHUP'))],
    ['stdout that nobody reads any longer', (child) => void child.stdout?.destroy()],
    ['stderr that nobody reads any longer', (child) => void child.stderr?.destroy()],
  ]
  test.each(asked)('%s saves the state and stops, too', async (what, ask) => {
    const name = what.replaceAll(' ', '-')
    const folder = runFolderAt(join(root, name))
    const stopped = await runCli(['run', await tinyRecipe(root, name, settings)], {
      onEvent: (event, child) => {
        if (event.type === 'step' && event.step === 8) ask(child)
      },
    })
    expect(stopped.code, stopped.err).toBe(130)
    const paused = readEvents(folder.events).at(-1)
    expect(paused).toMatchObject({ type: 'run.paused', statePath: expect.any(String) })
    expect((await runCli(['resume', folder.path])).code).toBe(0)
    await expectSameResult(name)
  })

  test('Ctrl-C while it is measured stops, and what was measured is not measured again', async () => {
    // Long answers, so that the signal comes before they end.
    const slow = { ...settings, evaluate: { maxNewTokens: 100 } }
    const recipe = await tinyRecipe(root, 'measured', slow)
    const folder = runFolderAt(join(root, 'measured'))
    for (const [phase, args] of [
      ['before', ['run', recipe]],
      ['after', ['resume', folder.path]],
    ] as const) {
      const stopped = await runCli(args, {
        onEvent: (event, child) => {
          if (event.type === 'eval.started' && event.phase === phase && event.set === 'retain')
            child.kill('SIGINT')
        },
      })
      expect(stopped.code, stopped.err).toBe(130)
      expect(stopped.err).toContain('stopping; records are kept')
      expect(stopped.events.at(-1)).toMatchObject({
        type: 'run.paused',
        statePath: phase === 'before' ? null : expect.stringContaining('step-000040'),
      })
    }
    const last = await runCli(['resume', folder.path])
    expect(last.code, last.err).toBe(0)
    expect(new Set(eventsOf(last.events, 'eval.started').map(({ phase }) => phase))).toEqual(
      new Set(['after']),
    )
    const lines = (await readFile(folder.samples, 'utf8')).trimEnd().split('\n')
    expect(lines.length).toBe(2 * (7 + 9))
    expect(readSamples(folder.samples).length).toBe(lines.length)
    expect((await resultOf(folder)).model === expected.model, 'the bytes of the model').toBe(true)
  })

  test('what was measured when a run was killed stays, and the rest is added, to the same bytes', async () => {
    const whole = await readFile(runFolderAt(join(root, 'whole')).samples, 'utf8')
    const folder = runFolderAt(join(root, 'cut'))
    const stopped = await runCli(['run', await tinyRecipe(root, 'cut', settings)], {
      onEvent: (event, child) => {
        if (event.type === 'step') child.kill('SIGKILL')
      },
    })
    expect(stopped.signal, stopped.err).toBe('SIGKILL')
    // As if it had been killed in the middle of a line of the fourth record.
    const lines = whole.split('\n')
    const cut = `${lines.slice(0, 3).join('\n')}\n${lines[3].slice(0, 50)}`
    await writeFile(folder.samples, cut)
    const resumed = await runCli(['resume', folder.path])
    expect(resumed.code, resumed.err).toBe(0)
    expect(await readFile(folder.samples, 'utf8')).toBe(whole)
  })

  test('Ctrl-C at the last step stops before or after the export', async () => {
    const recipe = await tinyRecipe(root, 'export', settings)
    const stopped = await runCli(['run', recipe], {
      onEvent: (event, child) => {
        if (event.type === 'step' && event.step === 40) child.kill('SIGINT')
      },
    })
    expect(stopped.code, stopped.err).toBe(130)
    expect(stopped.events.at(-1)).toMatchObject({ type: 'run.paused', step: 40 })
    expect((await runCli(['resume', join(root, 'export')])).code).toBe(0)
    await expectSameResult('export')
  })

  test('Ctrl-C twice stops at once', async () => {
    // Long answers, so that the second comes while the first waits for the look at the model to end.
    const slow = { ...settings, evaluate: { maxNewTokens: 100, probes: 7 } }
    const recipe = await tinyRecipe(root, 'twice', slow)
    let interrupts = 0
    const { code, events, err } = await runCli(['run', recipe], {
      onEvent: (event, child) => {
        if (event.type === 'sample' && interrupts++ === 0) child.kill('SIGINT')
      },
      onError: (text, child) => {
        if (text.includes('Ctrl-C again stops now')) child.kill('SIGINT')
      },
    })
    expect(code, err).toBe(130)
    const types = events.map(({ type }) => type)
    expect(types).not.toContain('run.paused')
    expect(types).not.toContain('step')
    expect(types).not.toContain('run.failed')
  })

  test('a guard that stops the run exits with 4 and says where the last good state is', async () => {
    const diverging: TinySettings = {
      method: { id: 'grad-diff' },
      train: { steps: 40, learningRate: 0.1, saveEvery: 1 },
    }
    const { code, events, err } = await runCli(['run', await tinyRecipe(root, 'guard', diverging)])
    expect(code, err).toBe(4)
    const [trip] = eventsOf(events, 'guard.tripped')
    expect(events.at(-1)).toBe(trip)
    expect(err).toContain(trip.reason)
    expect(err).toContain(`last good state: ${trip.lastGoodState}`)
    expect(existsSync(runFolderAt(join(root, 'guard')).report)).toBe(true)
  })

  test('the last good state can be exported, measured and asked, and gone on from with other settings', async () => {
    const collapsing: TinySettings = {
      method: { id: 'ga' },
      train: { steps: 40, learningRate: 1e-3, saveEvery: 2 },
      guards: { retainLossRise: null, utilityFloor: 0.7 },
      evaluate: { every: 2 },
    }
    const folder = runFolderAt(join(root, 'collapsed'))
    const stopped = await runCli(['run', await tinyRecipe(root, 'collapsed', collapsing)])
    const [trip] = eventsOf(stopped.events, 'guard.tripped')
    const good = basename(trip.lastGoodState as string)
    expect(await runIn('.', ['chat', folder.path, '--prompt', 'Who?'])).toMatchObject({
      code: 2,
      err: expect.stringContaining(`lethe export ${folder.path}`),
    })
    const exported = await runIn('.', ['export', folder.path, '--state', 'last-good'])
    expect(exported.code, exported.err).toBe(0)
    expect(exported.out).toContain(join(folder.exported, good))
    expect((await runIn('.', ['chat', folder.path, '--prompt', 'Who?'])).code).toBe(0)
    const report = await readFile(folder.report, 'utf8')
    expect(report).toContain(`After: the state <code>${good}</code>`)
    expect(report).toContain('id="metrics"')
    const { tensors } = await loadState(join(folder.state, good))
    const model = await openCheckpoint(await nodeFolder(join(folder.exported, good)))
    const embedding = await model.read('model.embed_tokens.weight')
    const weights = tensors.get('weights')?.data as Float32Array
    expect(indexOfRun(weights, embedding)).toBeGreaterThanOrEqual(0)

    const again = await runCli(['resume', folder.path])
    expect(again.code, again.err).toBe(4)
    const other = await runCli(['resume', folder.path, '--set', 'forget.path=retain.jsonl'])
    expect(other.code, other.err).toBe(2)
    const set = ['--set', 'train.learningRate=1e-7']
    const gone = await runCli(['resume', folder.path, ...set])
    expect(gone.code, gone.err).toBe(0)
    expect(gone.events[0]).toMatchObject({ type: 'run.resumed', step: Number(good.slice(5)) })
    expect(existsSync(folder.exported)).toBe(false)
    expect(await readFile(folder.recipe, 'utf8')).toContain('--set train.learningRate=1e-7')
  })
})
