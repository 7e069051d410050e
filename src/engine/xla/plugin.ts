import { basename } from 'node:path'
import { UserError } from '../../error.ts'
import { openPjrtApi, type PjrtApi, PjrtError } from './c-api.ts'
import { type Client, createClient, pluginAttributes } from './client.ts'
import { adviceLines } from './hardware.ts'
import { invalidArgument } from './layout.ts'
import { findPlugin } from './plugin-file.ts'

/** The oldest C interface whose tests have been run, by its minor version. */
export const oldestMinor = 81

/**
 * Opens a plugin.
 *
 * @throws UserError where the file is no plugin, lacks a library, or has a C interface that Lethe cannot use
 */
export function openPlugin(file: string): PjrtApi {
  const problem = (expected: string, got: string, hint?: string) =>
    new UserError({ code: 'unusable-plugin', path: file, expected, got, ...(hint && { hint }) })
  let api: PjrtApi
  try {
    api = openPjrtApi(file)
  } catch (error) {
    throw problem(
      'a PJRT plugin, which exports GetPjrtApi, and the libraries that it needs',
      (error as Error).message,
    )
  }
  const { major, minor } = api.version
  if (major !== 0 || minor < oldestMinor)
    throw problem(
      `a PJRT interface of version 0.${oldestMinor} or newer`,
      `${major}.${minor}`,
      adviceLines().join(' '),
    )
  return api
}

/**
 * The plugin's runtime.
 *
 * @throws UserError where it finds no device that it can use
 */
export async function openClient(api: PjrtApi): Promise<Client> {
  const lacks = (got: string) =>
    new UserError({
      code: 'no-device',
      path: basename(api.file),
      expected: 'a device that this plugin can use',
      got,
      hint: 'Is the driver there, new enough for the plugin, and the device free? `lethe doctor` says what was found.',
    })
  try {
    const client = await oneDevice(api)
    if (client.devices.length > 0) return client
    client.dispose()
  } catch (error) {
    if (error instanceof PjrtError) throw lacks(error.message)
    throw error
  }
  throw lacks('none')
}

/** A CPU plugin shows several devices unless told otherwise; one for GPUs refuses the option. */
async function oneDevice(api: PjrtApi): Promise<Client> {
  try {
    return await createClient(api, { cpu_device_count: 1 })
  } catch (error) {
    if (error instanceof PjrtError && error.code === invalidArgument) return createClient(api, {})
    throw error
  }
}

/**
 * What a plugin is, in a line.
 *
 * @throws UserError as `findPlugin` and `openPlugin` do
 */
export function describePlugin(named: string): string {
  const api = openPlugin(findPlugin(named))
  const stablehlo = pluginAttributes(api).get('stablehlo_current_version')
  const words = Array.isArray(stablehlo) ? stablehlo.join('.') : 'of unknown version'
  return `PJRT 0.${api.version.minor}, StableHLO ${words}: ${api.file}`
}
