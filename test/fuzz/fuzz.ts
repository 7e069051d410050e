import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { UserError } from '../../src/error.ts'
import { type Damaged, damage, drawsOf } from './damage.ts'
import type { Reader } from './readers.ts'

/** A whole set of files with one to be damaged. */
export interface Laid {
  /** @returns what is wrong with how the damage was taken; null where it was refused in words, or did no harm */
  take(damaged: Damaged): Promise<string | null>
  readonly bytes: Buffer
}

/** Longer than any of these files takes, on a busy machine too. */
const longestSeconds = 10
// A template's own variable may be undefined, in jinja's words.
const unclear =
  /(?<!' is )undefined|\[object |internal:|NaN\b.*of lethe|Cannot read|is not a function|defect/

/** Lays the files of a reader into a folder, which is made. */
export async function lay(reader: Reader, folder: string): Promise<Laid> {
  mkdirSync(folder, { recursive: true })
  await reader.lay(folder)
  const path = join(folder, reader.file)
  const bytes = readFileSync(path)
  return {
    bytes,
    async take(damaged) {
      writeFileSync(path, damaged.bytes)
      const begun = process.cpuUsage()
      const wrong = await reading(reader, folder, damaged)
      const { user, system } = process.cpuUsage(begun)
      const seconds = (user + system) / 1e6
      writeFileSync(path, bytes)
      return wrong ?? (seconds > longestSeconds ? `took ${seconds.toFixed(1)} s` : null)
    },
  }
}

async function reading(reader: Reader, folder: string, damaged: Damaged): Promise<string | null> {
  try {
    await reader.read(folder)
    return null
  } catch (error) {
    if (!(error instanceof UserError)) return `no words: ${(error as Error)?.stack ?? error}`
    // What stands in the file is quoted, and may be anything.
    const said = error.message.replaceAll(JSON.stringify(damaged.what), '')
    if (unclear.test(said)) return `unclear: ${said.slice(0, 300)}`
    const names = [basename(reader.file), reader.or ?? basename(reader.file)]
    return names.some((name) => said.includes(name)) ? null : `no file: ${said.slice(0, 300)}`
  }
}

/** The damage of a case. */
export function caseOf(
  name: string,
  reader: Reader,
  bytes: Buffer,
  seed: number,
  number: number,
): Damaged {
  return damage(bytes, reader.format, drawsOf(seed, name, number))
}
