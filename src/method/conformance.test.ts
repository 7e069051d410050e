import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { builtInMethods, declaredMethods, methods } from './methods.ts'
import { methodConformance } from './testing/method-conformance.ts'

describe.each([...methods.keys()])('method %s', (id) => {
  for (const { name, check } of methodConformance(id, builtInMethods)) it(name, check)
})

it('every file that declares a method is in the map', async () => {
  const files = readdirSync(import.meta.dirname).filter((file) => /^[a-z0-9-]+\.ts$/.test(file))
  for (const file of files)
    for (const value of Object.values(await import(/* @vite-ignore */ `./${file}`)))
      if (value && typeof value === 'object' && 'combiner' in value && 'defects' in value)
        expect(declaredMethods).toContain(value)
})
