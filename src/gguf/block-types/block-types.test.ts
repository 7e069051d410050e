import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { blockTypes } from './block-types.ts'
import { f16, f32 } from './floats.ts'
import { q8_0 } from './q8-0.ts'

const golden = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../test/golden/gguf/${name}`, import.meta.url), 'utf8'))
const blocks: Record<string, { bytes: string; values: number[] }> = golden('blocks.json')
const written: Record<string, string> & { values: number[] } = golden('written.json')

test('every type has golden blocks', () => {
  expect([...blockTypes.values()].map(({ name }) => name).sort()).toEqual(
    Object.keys(blocks).sort(),
  )
})

test.each([...blockTypes.values()])('$name reads as the gguf package does', (type) => {
  const { bytes, values } = blocks[type.name]
  const read = new Float32Array(values.length)
  type.decode(Uint8Array.from(Buffer.from(bytes, 'hex')), read)
  expect([...read]).toEqual(values)
})

test.each([q8_0, f16, f32])('$name writes the bytes of the gguf package', (type) => {
  const bytes = type.encode(Float32Array.from(written.values))
  expect(Buffer.from(bytes).toString('hex')).toBe(written[type.name])
})
