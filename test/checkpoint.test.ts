import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const folder = new URL('../src/checkpoint/', import.meta.url).pathname
const nodeOnly = new Set(['node-folder.ts', 'write-folder.ts', 'state.ts'])
const files = readdirSync(folder).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
)

/** What a module imports at run time or for types. */
function imports(file: string): string[] {
  const text = readFileSync(folder + file, 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, name]) => name)
}

describe('src/checkpoint in a browser', () => {
  it.each(files.filter((file) => !nodeOnly.has(file) && file !== 'index.ts'))(
    '%s imports nothing of Node, nor a file that does',
    (file) => {
      const wrong = imports(file).filter(
        (name) =>
          name.startsWith('node:') || name === 'koffi' || nodeOnly.has(name.replace('./', '')),
      )
      expect(wrong).toEqual([])
    },
  )

  it('keeps what is listed as bound to Node to what is', () => {
    for (const file of nodeOnly)
      expect(
        imports(file).some((name) => /^node:|^koffi$/.test(name)),
        file,
      ).toBe(true)
  })
})
