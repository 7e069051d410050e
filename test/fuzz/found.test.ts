import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { withJson, withLine } from './damage.ts'
import { caseOf, lay } from './fuzz.ts'
import { readers } from './readers.ts'

// What the fuzz has found, each the smallest of its kind: the file, the line of it where it has lines, the place, what stands there.
const found: readonly (readonly [string, number | null, (string | number)[], unknown])[] = [
  ['config with long positions', null, ['hidden_size'], undefined],
  ['config with long positions', null, ['hidden_size'], '../..'],
  ['log of a run', 16, ['gradientNorms'], null],
  ['log of a run', 16, ['losses'], 3],
  ['log of a run', 16, ['learningRate'], {}],
  ['samples of a run', 2, ['texts', 'answer', 0], undefined],
  ['samples of a run', 2, ['texts'], {}],
  ['metrics of a run', null, ['counts', 'forget.rougeL'], undefined],
  ['metrics of a run', null, ['directions', 'forget.rougeL'], undefined],
  ['metrics of a run', null, ['intervals', 'changes', 'forget.rougeL'], undefined],
  ['results of a run', null, ['benchmark', 'metrics', 'closeness.minKPlusPlus', 'options'], true],
  ['results of a run', null, ['results', 3, 'neverTrained'], { metric: 'privacy' }],
  ['results of a run', null, ['results', 3, 'interval'], ['x', 1]],
  ['evaluation of a run', null, ['work', 'seconds'], 'x'],
  ['evaluation of a run', null, ['modelName'], { x: null }],
  ['saved state', null, ['data'], undefined],
  ['prepared benchmark', null, ['benchmark'], 'model'],
  ['board', null, ['benchmark', 'composites', 'memorisation', 'better'], undefined],
  ['board', null, ['benchmark', 'notes'], undefined],
  ['board', null, ['rows', 0, 'seeds', 0, 'peakBytes'], 'x'],
]

/** The same of files that are no JSON: seed, number. */
const drawn: readonly (readonly [string, number, number])[] = [
  ['recipe of stages', 1, 43],
  ['recipe of stages', 1, 110],
  ['rows as parquet', 1, 14],
  ['rows as parquet', 1, 23],
  ['rows as parquet', 1, 25],
  ['board', 2, 19],
]

const root = mkdtempSync(join(tmpdir(), 'lethe-found-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const laid = new Map<string, ReturnType<typeof lay>>()

function whole(name: string) {
  const begun = laid.get(name) ?? lay(readers[name], join(root, name))
  laid.set(name, begun)
  return begun
}

test.each(found)('%s, line %s, %j: %j', async (name, line, path, value) => {
  const { bytes, take } = await whole(name)
  const damaged = line === null ? withJson(bytes, path, value) : withLine(bytes, line, path, value)
  expect(await take({ bytes: damaged, what: '' })).toBeNull()
})

test.each(drawn)('%s, seed %i, case %i', async (name, seed, number) => {
  const { bytes, take } = await whole(name)
  expect(await take(caseOf(name, readers[name], bytes, seed, number))).toBeNull()
})
