import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { demoFiles, writeDemoData } from './write-data.ts'

const committed = new URL('../../assets/demo/', import.meta.url)

test('the committed files are what the generator writes, byte for byte', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lethe-demo-'))
  try {
    await writeDemoData(join(folder, 'new'))
    const names = await readdir(join(folder, 'new'))
    expect(names.sort()).toEqual([...demoFiles().keys()].sort())
    expect((await readdir(committed)).filter((name) => name.endsWith('.jsonl')).sort()).toEqual(
      names,
    )
    for (const name of names)
      expect(
        (await readFile(join(folder, 'new', name))).equals(
          await readFile(new URL(name, committed)),
        ),
        name,
      ).toBe(true)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('under 1 MB together', () => {
  const bytes = [...demoFiles().values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  expect(bytes).toBeLessThan(1e6)
})
