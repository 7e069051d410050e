import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { blockTypes } from './block-types.ts'

const golden: Record<string, { bytes: string; values: number[] }> = JSON.parse(
  readFileSync(new URL('../../../test/golden/gguf/blocks.json', import.meta.url), 'utf8'),
)

test('every type has golden blocks', () => {
  expect([...blockTypes.values()].map(({ name }) => name).sort()).toEqual(
    Object.keys(golden).sort(),
  )
})

test.each([...blockTypes.values()])('$name reads as the gguf package does', (type) => {
  const { bytes, values } = golden[type.name]
  const read = new Float32Array(values.length)
  type.decode(Uint8Array.from(Buffer.from(bytes, 'hex')), read)
  expect([...read]).toEqual(values)
})
