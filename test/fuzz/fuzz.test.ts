import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { caseOf, lay } from './fuzz.ts'
import { readers } from './readers.ts'
import { watch } from './watchdog.ts'

// Every file that Lethe reads, damaged: it is read, or refused in words with the file's name; never a stack, never for ever.
// LETHE_FUZZ_CASES and LETHE_FUZZ_SEED ask for more cases, or others.
const cases = Number(process.env.LETHE_FUZZ_CASES ?? 12)
const seed = Number(process.env.LETHE_FUZZ_SEED ?? 0)
const root = mkdtempSync(join(tmpdir(), 'lethe-fuzz-'))
const watchdog = watch(30)
afterAll(() => {
  watchdog.close()
  rmSync(root, { recursive: true, force: true })
})

test.each(Object.keys(readers))(
  '%s',
  async (name) => {
    const reader = readers[name]
    const laid = await lay(reader, join(root, name))
    await reader.read(join(root, name))
    const found: string[] = []
    for (let number = 0; number < cases; number++) {
      const damaged = caseOf(name, reader, laid.bytes, seed, number)
      watchdog.tell(`${name}, seed ${seed}, case ${number}, ${damaged.what}`)
      const wrong = await laid.take(damaged)
      if (wrong) found.push(`seed ${seed}, case ${number}, ${damaged.what}: ${wrong}`)
    }
    watchdog.tell(null)
    expect(found.join('\n')).toBe('')
  },
  3_600_000,
)
