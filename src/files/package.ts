import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of this package, found upwards from this file, so that it is the same from source and from dist. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('internal: no package.json above this file')
    folder = parent
  }
  return folder
}

/** This package's version. */
export function packageVersion(): string {
  return packageFile().version
}

/** The built file of the command line, for a process of its own. */
export function commandLineFile(): string {
  return join(packageRoot(), packageFile().bin.lethe)
}

function packageFile(): { version: string; bin: { lethe: string } } {
  return JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'))
}
