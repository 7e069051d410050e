import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readRows } from './read-rows.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lethe-rows-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('parquet as pyarrow writes it: texts, lists, whole numbers, null', async () => {
  const rows = await readRows('test/golden/rows.parquet')
  expect(rows.map(({ value }) => value)).toEqual([
    { question: 'Which river?', choices: ['Lethe', 'Styx'], answer: 0 },
    { question: 'Café?', choices: ['Nil'], answer: 1 },
    { question: null, choices: [], answer: 2 },
  ])
  expect(rows[1].line).toBe(2)
})

test('a JSON array of texts, as MUSE has them, is rows of {text}', async () => {
  const path = join(folder, 'texts.json')
  await writeFile(path, ' [ "one", "two"]')
  expect((await readRows(path)).map(({ value }) => value)).toEqual([
    { text: 'one' },
    { text: 'two' },
  ])
})

test('damaged files are refused with their name', async () => {
  const parquet = join(folder, 'cut.parquet')
  await writeFile(parquet, 'PAR1')
  await expect(readRows(parquet)).rejects.toThrow(/cut\.parquet: expected a parquet file/)
  const texts = join(folder, 'cut.json')
  await writeFile(texts, '["one", ')
  await expect(readRows(texts)).rejects.toThrow(/cut\.json:1:9: expected JSON/)
})
