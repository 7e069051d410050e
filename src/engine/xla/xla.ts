import { statSync } from 'node:fs'
import { cpus } from 'node:os'
import type { Engine } from '../engine.ts'
import { type CompilerFlags, compileOptions } from './compile-options.ts'
import { createDiskStore, programCacheFolder } from './disk-store.ts'
import { createEngineOn } from './engine.ts'
import { Executables } from './executables.ts'
import { openClient, openPlugin } from './plugin.ts'
import { findPlugin, pluginVariable } from './plugin-file.ts'

export interface XlaOptions {
  /** The plugin's file, or a folder that holds one; what LETHE_PJRT names unless given. */
  readonly plugin?: string | undefined
  readonly flags?: CompilerFlags
  /** Where compiled programs are kept for other processes; null: nowhere. */
  readonly cache?: string | null
}

/**
 * XLA through the C interface of a plugin (PJRT), on its first device.
 *
 * @throws UserError where there is no plugin, or none that works
 */
export async function createXlaEngine({
  plugin = process.env[pluginVariable],
  flags = {},
  cache = programCacheFolder(process.env),
}: XlaOptions = {}): Promise<Engine> {
  const api = openPlugin(findPlugin(plugin))
  const client = await openClient(api)
  const [{ id, kind }] = client.devices
  const { size, mtimeMs } = statSync(api.file)
  // A CPU's machine code uses what that very processor has.
  const identity = JSON.stringify([size, mtimeMs, client.platform, kind, cpus()[0]?.model])
  const store = cache === null ? null : createDiskStore(cache)
  return createEngineOn(client, new Executables(client, compileOptions(id, flags), identity, store))
}
