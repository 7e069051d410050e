import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { formatProblem } from '../error.ts'
import { readStoredJson } from './stored-json.ts'
import { problemsOf } from './testing/problems-of.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const schema = z.looseObject({ rows: z.array(z.looseObject({ name: z.string() })) })

async function saidOf(text: string): Promise<string[]> {
  let said: string[] = []
  await temporaryFolder(async (folder) => {
    const path = join(folder, 'f.json')
    await writeFile(path, text)
    const problems = await problemsOf(() => readStoredJson(path, schema))
    said = problems.map((problem) => formatProblem(problem).replace(`${folder}/`, ''))
  })
  return said
}

test('what is relied on is there, and the rest stays', async () => {
  await temporaryFolder(async (folder) => {
    const path = join(folder, 'f.json')
    const value = { rows: [{ name: 'a', other: 1 }], more: '[[{' }
    await writeFile(path, JSON.stringify(value))
    expect(readStoredJson(path, schema)).toEqual(value)
    expect(await problemsOf(() => readStoredJson(join(folder, 'none'), schema))).toHaveLength(1)
  })
})

test('what is damaged is said, by line', async () => {
  expect(await saidOf('{\n  "rows": [\n    { "name": "a" },\n    { "name": 3 }\n  ]\n}')).toEqual([
    expect.stringContaining('f.json:4:15: rows.1.name: expected string, got number'),
  ])
  expect(await saidOf('{ "rows": ')).toEqual([expect.stringContaining('f.json:1:')])
  expect(await saidOf('[]')).toEqual([expect.stringContaining('f.json:1:1')])
})

test('brackets inside each other end as a message, however many', async () => {
  const deep = `{ "rows": ${'['.repeat(100_000)}${']'.repeat(100_000)} }`
  expect(await saidOf(deep)).toEqual([expect.stringContaining('at most 64 deep')])
  expect(await saidOf(`{ "rows": [], "s": "${'['.repeat(100_000)}" }`)).toEqual([])
})
