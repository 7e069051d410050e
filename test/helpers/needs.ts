import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

declare module 'vitest' {
  interface TaskMeta {
    /** What a test needs that is not here, if it is skipped for that. */
    lacks?: string
  }
}

/** Something that tests need and not every machine has. */
export interface Need {
  /** In words: `Chromium`. */
  readonly what: string
  readonly here: boolean
  /** Where true, a test that lacks it runs all the same, and fails. */
  readonly demanded?: boolean
}

/** The options of a test or suite that is skipped, with the reason, where what it needs is not here. */
export function needing({ what, here, demanded = false }: Need): {
  skip: boolean
  meta: { lacks?: string }
} {
  const skip = !here && !demanded
  return { skip, meta: skip ? { lacks: what } : {} }
}

const inCi = Boolean(process.env.CI)
const sharedFolder = new URL('../../../shared/', import.meta.url).pathname

/** Where a file of the data and known values beside the repository is, or would be. */
export const sharedPath = (path: string): string => sharedFolder + path

/** A file of the data and known values beside the repository; where these are, no test goes without one of them. */
export const shared = (path: string): Need => ({
  what: `../shared/${path.split('/')[0]}`,
  here: existsSync(sharedPath(path)),
  demanded: existsSync(sharedFolder),
})

/** The built command line. */
export const build: Need = {
  what: 'a build (npm run build)',
  here: existsSync('dist/src/cli/main.js'),
  demanded: inCi,
}

/** Vocabularies and chat templates of real families, whose licences are their own. */
export const families: Need & { readonly folder: string } = {
  what: 'fetched vocabularies and templates (reference/fetch-families.sh, named in LETHE_FAMILIES)',
  here: existsSync(`${process.env.LETHE_FAMILIES}/templates`),
  folder: process.env.LETHE_FAMILIES ?? '',
}

const browsers = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The system's Chromium. */
export const browserPath = [process.env.LETHE_BROWSER ?? '', ...browsers].find(existsSync)

export const chromium: Need = {
  what: 'Chromium: install it, or name it in LETHE_BROWSER',
  here: browserPath !== undefined,
  demanded: inCi,
}

/** A file system of so many kilobytes, gone after the tests of the file; null where this machine may not mount one. */
export function mountSmallDisk(kilobytes: number): string | null {
  const path = mkdtempSync(join(tmpdir(), 'lethe-disk-'))
  const options = ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', path]
  const mounted = spawnSync('mount', options).status === 0
  afterAll(() => {
    if (mounted) spawnSync('umount', [path])
    rmdirSync(path)
  })
  return mounted ? path : null
}

export const disk = (mounted: string | null): Need => ({
  what: 'the right to mount a small disk',
  here: mounted !== null,
})
