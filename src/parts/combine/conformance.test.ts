import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Combiner } from './combiner.ts'
import { combiners } from './combiners.ts'
import { combinerConformance } from './testing/combiner-conformance.ts'

describe.each([...combiners])('combiner %s', (_, combiner: Combiner) => {
  for (const { name, check } of combinerConformance(combiner)) it(name, check)
})

it('every file that declares a combiner is in the map', async () => {
  const files = readdirSync(import.meta.dirname).filter((file) => /^[a-z-]+\.ts$/.test(file))
  for (const file of files)
    for (const value of Object.values(await import(/* @vite-ignore */ `./${file}`)))
      if (value && typeof value === 'object' && 'coefficients' in value)
        expect([...combiners.values()]).toContain(value)
})
