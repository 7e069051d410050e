import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Optimizer } from './optimizer.ts'
import { optimizers } from './optimizers.ts'
import { optimizerConformance } from './testing/optimizer-conformance.ts'

describe.each([...optimizers])('optimiser %s', (_, optimizer: Optimizer) => {
  for (const { name, check } of optimizerConformance(optimizer)) it(name, check)
})

it('every file that declares an optimiser is in the map', async () => {
  const files = readdirSync(import.meta.dirname).filter((file) => /^[a-z-]+\.ts$/.test(file))
  for (const file of files)
    for (const value of Object.values(await import(/* @vite-ignore */ `./${file}`)))
      if (value && typeof value === 'object' && 'updateArrays' in value)
        expect([...optimizers.values()]).toContain(value)
})
