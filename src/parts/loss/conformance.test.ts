import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Loss } from './loss.ts'
import { losses } from './losses.ts'
import { lossConformance } from './testing/conformance.ts'

describe.each([...losses])('loss %s', (_, loss: Loss) => {
  for (const { name, check } of lossConformance(loss)) it(name, check)
})

it('every file that declares a loss is in the map', async () => {
  const files = readdirSync(import.meta.dirname).filter((file) => /^[a-z-]+\.ts$/.test(file))
  for (const file of files)
    for (const value of Object.values(await import(/* @vite-ignore */ `./${file}`)))
      if (value && typeof value === 'object' && 'reduction' in value)
        expect([...losses.values()]).toContain(value)
})
