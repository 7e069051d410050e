import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { demoFiles } from './files.ts'

const assets = new URL('../../assets/demo/', import.meta.url)

test('the files in assets/demo are these, no others', () => {
  const committed = readdirSync(assets).filter((name) => name.endsWith('.jsonl'))
  expect(committed.sort()).toEqual([...demoFiles().keys()].sort())
})

test('under 1 MB together', () => {
  const bytes = [...demoFiles().values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  expect(bytes).toBeLessThan(1e6)
})
