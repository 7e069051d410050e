import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { outputs } from '../generate/outputs.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

test.each([...outputs(root)])('%s is up to date: else run npm run generate', (path, text) => {
  expect(existsSync(root + path), 'run npm run generate').toBe(true)
  // A file of five thousand lines is no message.
  const isSame = readFileSync(root + path, 'utf8') === text
  expect(isSame, `${path} is not what its sources say: run npm run generate`).toBe(true)
})
