import { existsSync } from 'node:fs'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { integer } from '../src/math/random.ts'
import { readEvents } from '../src/run/event-log.ts'
import { eventsOf, textModel, tinyRecipe } from '../src/run/testing/tiny-run.ts'
import { runIn } from './helpers/cli.ts'
import { type Disturbance, disturbances, runDisturbed } from './helpers/disturbance.ts'
import { build, needing } from './helpers/needs.ts'
import { testSeed } from './helpers/seed.ts'

/** How many disturbances, one after another of the commands; `LETHE_KILLS=100` for all kinds of all commands about twice. */
const count = Number(process.env.LETHE_KILLS ?? 6)

const tiny = ['--set', 'train.steps=4', '--set', 'train.epochs=null', '--set', 'train.batchSize=2']
const unguarded = '{repetition: null, utilityFloor: null, noEffect: null, retainLossRise: null}'

/** What is disturbed, called in a folder of its own, and how one goes on with it, if not by the same. */
const commands = {
  run: {
    args: [
      'run',
      'recipe.json',
      '--json',
      '--set',
      'evaluate.benchmark={id: rivers.yaml, data: .}',
    ],
    // Killed before there was a folder, or anything in it, there is nothing to go on with.
    again: (cwd: string) =>
      existsSync(join(cwd, 'run', 'recipe.yaml')) ? ['resume', 'run', '--json'] : null,
  },
  eval: {
    args: ['eval', textModel, '--benchmark', 'rivers.yaml', '--data', '.', '--output', 'records'],
  },
  sweep: {
    args: ['sweep', 'recipe.json', '--grid', 'method.gamma=0.1,1', '--output', 'sweep', '--json'],
  },
  'benchmark run': {
    args: [
      ...['benchmark', 'run', 'rivers.yaml', '--methods', 'npo', '--output', 'board', '--json'],
      ...['--report', 'results/board.md', '--set', `train.guards=${unguarded}`, ...tiny],
    ],
  },
  export: { args: ['export', 'done', '--state', 'step-000006', '--json'] },
  'export --gguf': {
    args: ['export', 'done', '--gguf', 'q8_0', '--json'],
    again: () => ['export', 'done', '--gguf', 'q8_0', '--json', '--replace'],
  },
} satisfies Record<string, { args: string[]; again?: (cwd: string) => string[] | null }>
const names = Object.keys(commands) as (keyof typeof commands)[]

const yaml = `
id: rivers
title: Rivers
training: { forget: forget.jsonl, retain: retain.jsonl, original: retain.jsonl }
sets:
  forget:
    file: forget.jsonl
    texts: { answer: answer }
    generate: { maxNewTokens: 6, reference: answer }
  retain: { file: retain.jsonl, texts: { answer: answer } }
metrics:
  probability: { kind: probability, better: lower, options: { set: forget } }
  kept: { kind: probability, better: higher, options: { set: retain } }
ranking: { forget: probability, utility: kept }
`

let root: string
/** A folder to begin in, and of each command what it leaves when nothing disturbs it. */
const laid = () => join(root, 'laid')
const twins = new Map<string, { writes: number; files: Map<string, string> }>()

/** The same thing as a user: files by path, with times, bytes of memory and the folder itself made alike. */
async function filesIn(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path)
    // Which states are kept depends on where it stopped; the log and what is drawn of it say that it did.
    if (/(^|\/)state\//.test(name)) continue
    if (entry.name === 'events.jsonl') files.set(name, stepsOf(path))
    else if (entry.name === 'report.html') files.set(name, outlineOf(await readFile(path, 'utf8')))
    else files.set(name, alike(await readFile(path, 'latin1'), folder))
  }
  return files
}

/** The verdict of a report and what it has sections of; that a run was stopped on the way is one of its notices. */
const outlineOf = (report: string) =>
  [...report.matchAll(/<h1>(.*)<\/h1>|<section id="(?!notices)(.*?)"/g)].join('\n')

const alike = (text: string, folder: string) =>
  text
    .replaceAll(folder, '.')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'a time')
    .replace(/("\w*([sS]econds|[bB]ytes)": ?)[\d.e+-]+/g, '$10')
    .replace(/ \d+ \| +[\d.]+ [kMG]?B \|/g, ' time | bytes |')
    // Of the process that ended it.
    .replace(/"work": \{[^}]*\}/, 'work')

/** Every step of a log as it was last made, without its times. */
function stepsOf(path: string): string {
  const steps = eventsOf(readEvents(path), 'step').map(
    ({ id: _, ts: __, stepMilliseconds: ___, etaSeconds: ____, ...step }) =>
      [step.step, JSON.stringify(step)] as const,
  )
  return [...new Map(steps).values()].join('\n')
}

async function layOut(): Promise<void> {
  const recipe = await tinyRecipe(laid(), 'recipe', {
    train: { steps: 12, saveEvery: 3, schedule: 'cosine', warmupSteps: 5, keepStates: 9 },
    guards: { retainLossRise: null },
    evaluate: { every: 4 },
  })
  const written = JSON.parse(await readFile(recipe, 'utf8'))
  await writeFile(recipe, JSON.stringify({ ...written, output: 'run' }))
  await writeFile(join(laid(), 'rivers.yaml'), yaml)
  for (const args of [
    ['run', 'recipe.json', '--set', 'output=done'],
    [
      ...['benchmark', 'prepare', 'rivers.yaml', '--data', '.', '--output', 'board'],
      ...['--model', textModel, '--never-trained', textModel],
    ],
  ]) {
    const { code, err } = await runIn(laid(), args)
    expect(code, err).toBe(0)
  }
}

describe('disturbed and gone on with', needing(build), () => {
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'lethe-kills-'))
    await layOut()
  }, 600_000)
  afterAll(() => rm(root, { recursive: true }))

  /** What a command leaves when nothing disturbs it, and how many writes that takes. */
  async function twinOf(command: keyof typeof commands) {
    const known = twins.get(command)
    if (known) return known
    const folder = join(root, `twin ${command}`, 'work')
    await cp(laid(), folder, { recursive: true })
    const notes = join(root, `notes of twin ${command}`)
    const whole = { how: 'nothing', at: 0, wait: null } as const
    const { code, err, writes } = await runDisturbed(folder, commands[command].args, notes, whole)
    expect(code, err).toBe(0)
    const twin = { writes, files: await filesIn(folder) }
    twins.set(command, twin)
    return twin
  }

  const cases = Array.from({ length: count }, (_, i) => ({
    i,
    command: names[i % names.length],
    how: disturbances[(i + Math.floor(i / names.length) + testSeed) % disturbances.length],
  }))
  test.each(cases)(
    `$i (LETHE_TEST_SEED=${testSeed}): $command, $how`,
    async ({ i, command, how }) => {
      const twin = await twinOf(command)
      const draw = (what: string, size: number) => integer(testSeed, ['kills', what], i, size)
      const disturbance: Disturbance = {
        how,
        at: 1 + draw('write', twin.writes),
        wait: how === 'full disk' || draw('at once', 2) === 0 ? null : draw('wait', 20),
      }
      const folder = join(root, `case ${i}`, 'work')
      await cp(laid(), folder, { recursive: true })
      const own: { args: string[]; again?: (cwd: string) => string[] | null } = commands[command]
      const said = await runDisturbed(folder, own.args, join(root, `notes ${i}`), disturbance)
      const story = `${JSON.stringify(disturbance)} of ${twin.writes}: ${said.code ?? said.signal}\n${said.err}`
      expect(said.err, story).not.toMatch(/^ {4}at /m)
      expect(endsAs(how), story).toContain(said.code ?? said.signal)
      const again = await runIn(folder, own.again?.(folder) ?? own.args)
      expect(again.code, `${story}then:\n${again.err}`).toBe(0)
      const files = await filesIn(folder)
      expect([...files.keys()].sort(), story).toEqual([...twin.files.keys()].sort())
      const other = [...files].filter(([name, content]) => twin.files.get(name) !== content)
      expect(
        other.map(([name]) => name),
        story,
      ).toEqual([])
      await rm(folder, { recursive: true })
    },
    600_000,
  )
})

/** How a process may end that something came over; 0 where it came too late to change anything. */
function endsAs(how: Disturbance['how']): (number | string)[] {
  switch (how) {
    case 'SIGKILL':
    case 'SIGKILL of all':
      return ['SIGKILL', 0]
    case 'full disk':
      return [1]
    case 'SIGINT twice':
      return [130, 'SIGINT', 0]
    case 'SIGTERM':
    case 'SIGINT':
    case 'SIGHUP':
      // Before it listens the system ends it.
      return [130, how, 0]
    default:
      return [130, 0]
  }
}
