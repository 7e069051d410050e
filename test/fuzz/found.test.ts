import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { withJson, withLine } from './damage.ts'
import { lay } from './fuzz.ts'
import { readers } from './readers.ts'

// What the fuzz has found, each the smallest of its kind: the file, the line of it where it has lines, the place, what stands there.
const found: readonly (readonly [string, number | null, (string | number)[], unknown])[] = [
  ['config with long positions', null, ['hidden_size'], undefined],
  ['config with long positions', null, ['hidden_size'], '../..'],
  ['log of a run', 16, ['gradientNorms'], null],
  ['log of a run', 16, ['losses'], 3],
  ['log of a run', 16, ['learningRate'], {}],
  ['results of a run', null, ['benchmark', 'metrics', 'closeness.minKPlusPlus', 'options'], true],
  ['results of a run', null, ['results', 3, 'neverTrained'], { metric: 'privacy' }],
  ['results of a run', null, ['results', 3, 'interval'], ['x', 1]],
  ['evaluation of a run', null, ['work', 'seconds'], 'x'],
  ['evaluation of a run', null, ['modelName'], { x: null }],
  ['board', null, ['benchmark', 'composites', 'memorisation', 'better'], undefined],
  ['board', null, ['rows', 0, 'seeds', 0, 'peakBytes'], 'x'],
]

const root = mkdtempSync(join(tmpdir(), 'lethe-found-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const laid = new Map<string, ReturnType<typeof lay>>()

test.each(found)('%s, line %s, %j: %j', async (name, line, path, value) => {
  const folder = join(root, name)
  const whole = laid.get(name) ?? lay(readers[name], folder)
  laid.set(name, whole)
  const { bytes, take } = await whole
  const damaged = line === null ? withJson(bytes, path, value) : withLine(bytes, line, path, value)
  expect(await take({ bytes: damaged, what: '' })).toBeNull()
})
