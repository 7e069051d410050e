import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

test('the graph names no runtime', () => {
  const room = import.meta.dirname
  const naming = readdirSync(room, { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      !/\.test\.ts$/.test(file) &&
      file.endsWith('.ts') &&
      /onnx|xla/i.test(readFileSync(join(room, file), 'utf8')),
  )
  expect(naming).toEqual([])
})
