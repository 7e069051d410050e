import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { UserError } from '../error.ts'
import { createRunFolder, openRunFolder } from './run-folder.ts'

let runs: string
beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), 'lethe-runs-'))
})
afterEach(() => rmSync(runs, { recursive: true }))

function problemOf(action: () => unknown) {
  try {
    action()
  } catch (error) {
    expect(error).toBeInstanceOf(UserError)
    return (error as UserError).problems[0]
  }
  throw new Error('expected a UserError')
}

function makeRun(name: string) {
  const run = createRunFolder(join(runs, name))
  for (const file of [run.recipe, run.events, run.metrics, run.samples, run.report])
    writeFileSync(file, '')
  mkdirSync(run.model)
  return run
}

describe('createRunFolder', () => {
  test('makes the folders, also those above', () => {
    const run = createRunFolder(join(runs, 'deep', 'er', 'demo'))
    expect(run).toMatchObject({
      name: 'demo',
      path: join(runs, 'deep', 'er', 'demo'),
      events: join(runs, 'deep', 'er', 'demo', 'events.jsonl'),
    })
    expect(readdirSync(run.path)).toEqual(['events.jsonl', 'state'])
  })

  test('accepts an empty folder', () => {
    mkdirSync(join(runs, 'empty'))
    expect(createRunFolder(join(runs, 'empty')).name).toBe('empty')
  })

  test('refuses a folder with a run and says how to go on', () => {
    makeRun('demo')
    expect(problemOf(() => createRunFolder(join(runs, 'demo')))).toMatchObject({
      code: 'run-exists',
      got: 'a folder with a run',
      hint: `Go on with it by \`lethe resume ${join(runs, 'demo')}\`, give --replace to begin anew, or choose another \`output\`.`,
    })
  })

  test('takes the place of a run that came to nothing, and of no other', () => {
    const path = join(runs, 'refused')
    const event = (type: string, step = 0) => `${JSON.stringify({ id: 1, type, step })}\n`
    const begin = (log: string, ...others: ('recipe' | 'samples' | 'retain' | 'mlflow')[]) => {
      rmSync(path, { recursive: true, force: true })
      const run = createRunFolder(path)
      writeFileSync(run.events, log)
      for (const other of others) writeFileSync(run[other], '')
      return run
    }
    const refused = event('run.started') + event('run.failed')
    for (const run of [begin(refused, 'recipe', 'mlflow'), begin('')]) {
      createRunFolder(path)
      expect(readdirSync(path)).toEqual(['events.jsonl', 'state'])
      expect(readFileSync(run.events, 'utf8')).toBe('')
    }
    for (const make of [
      // It may be about to begin, or another process has just laid it out.
      () => begin('', 'recipe'),
      () => begin(event('run.started'), 'recipe'),
      () => begin(event('step', 1) + event('run.failed'), 'recipe'),
      () => begin(refused, 'recipe', 'samples'),
      () => begin(refused, 'recipe', 'retain'),
      () => begin('{"type":\n', 'recipe'),
      () => mkdirSync(join(begin(refused).state, 'step-000001')),
      () => writeFileSync(join(begin(refused).path, 'notes.txt'), ''),
    ]) {
      make()
      expect(problemOf(() => createRunFolder(path))).toMatchObject({ code: 'run-exists' })
    }
  })

  test('replaces a run, but nothing that is not a run', () => {
    const run = makeRun('demo')
    for (const left of ['.recipe.yaml.17-0.tmp', 'metrics.json.partial', '.model.17-3.tmp.old'])
      writeFileSync(join(run.path, left), '')
    createRunFolder(run.path, { replace: true })
    expect(readdirSync(run.path)).toEqual(['events.jsonl', 'state'])

    const thesis = join(runs, 'thesis')
    mkdirSync(thesis)
    writeFileSync(join(thesis, 'metrics.json'), 'mine')
    expect(problemOf(() => createRunFolder(thesis, { replace: true }))).toMatchObject({
      got: 'a folder with metrics.json',
    })
    expect(existsSync(join(thesis, 'metrics.json'))).toBe(true)

    writeFileSync(run.events, '')
    writeFileSync(join(run.path, 'notes.txt'), 'mine')
    expect(problemOf(() => createRunFolder(run.path, { replace: true })).got).toBe(
      'a folder with notes.txt',
    )
    expect(readdirSync(run.path).sort()).toEqual(['events.jsonl', 'notes.txt', 'state'])
  })

  test('a file in the way', () => {
    writeFileSync(join(runs, 'file'), '')
    expect(problemOf(() => createRunFolder(join(runs, 'file'))).code).toBe('file-exist')
    expect(problemOf(() => createRunFolder(join(runs, 'file', 'demo'))).code).toBe('file-notdir')
  })
})

describe('openRunFolder', () => {
  test('opens a run and suggests the nearest name otherwise', () => {
    const run = makeRun('takedown')
    expect(openRunFolder(run.path)).toEqual(run)
    expect(problemOf(() => openRunFolder(join(runs, 'takdown')))).toMatchObject({
      code: 'no-run',
      got: 'nothing there',
      hint: `Did you mean "${join(runs, 'takedown')}"?`,
    })
    mkdirSync(join(runs, 'x'))
    expect(problemOf(() => openRunFolder(join(runs, 'x')))).toMatchObject({
      got: 'a folder without a run',
      hint: 'Runs there: takedown.',
    })
  })
})
