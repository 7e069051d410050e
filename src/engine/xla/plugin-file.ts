import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../../error.ts'
import { adviceLines } from './hardware.ts'

/** The variable that names the plugin. */
export const pluginVariable = 'LETHE_PJRT'

/** What a plugin's file is called in the wheels that are known, of which each holds one. */
const fileName =
  /^(?:pjrt_c_api_\w+_plugin|xla_\w+_(?:plugin|pjrt)|libpjrt_\w+|pjrt_plugin_\w+|libtpu)\.(?:so|dylib)$/

/** A folder of wheels is no deeper. */
const deepest = 6

/** The files below a folder that are called like plugins. */
export function pluginsIn(folder: string, depth = 0): string[] {
  if (depth > deepest) return []
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return pluginsIn(path, depth + 1)
      return fileName.test(entry.name) ? [path] : []
    })
}

/**
 * The plugin's file by what the variable names: the file, or a folder that holds one.
 *
 * @throws UserError where it names nothing, nothing that is there, a folder without a plugin or with several
 */
export function findPlugin(named: string | undefined): string {
  const problem = (expected: string, got: string, hint: string) =>
    new UserError({ code: 'no-plugin', path: pluginVariable, expected, got, hint })
  const expected = 'the file of a PJRT plugin, or a folder of unpacked wheels with one'
  if (!named) throw problem(expected, 'nothing', adviceLines().join(' '))
  if (!existsSync(named))
    throw problem(expected, `${named}, which is not there`, adviceLines().join(' '))
  if (!statSync(named).isDirectory()) return named
  const found = pluginsIn(named)
  if (found.length === 0)
    throw problem(expected, `${named}, a folder without a plugin`, adviceLines().join(' '))
  if (found.length > 1)
    throw problem(
      'one plugin',
      `${found.length}: ${found.join(', ')}`,
      'Name the file that is meant.',
    )
  return found[0]
}
