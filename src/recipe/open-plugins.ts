import { relative, resolve } from 'node:path'
import type { SourceDocument } from './document.ts'
import { findPath } from './locate-files.ts'
import { applyOverrides, parseOverrides, type Setting } from './override.ts'
import { pluginHash, registryOf } from './plugins.ts'
import { builtInRegistry, type Registry } from './registry.ts'
import { expandPlugins, type PluginSettings, writtenPlugins } from './section/plugins-section.ts'

/** Where a recipe is read from, and what there is for it. */
export interface PluginOptions {
  /** What goes before the file: `path=value` texts of `--set` flags, or values. */
  sets?: readonly Setting[]
  /** Modules of `--plugin` flags, from the current folder: loaded beside those that the recipe names. */
  plugins?: readonly string[]
  /** What there is without plugins; what ships unless given. */
  registry?: Registry
  /** The current folder. */
  cwd: string
  /** Where the Hugging Face cache is. */
  env: Readonly<Record<string, string | undefined>>
}

/** What the plugins of a recipe and of its flags come to. */
export interface OpenedPlugins {
  readonly registry: Registry
  /** The plugins that are there, with their hashes. */
  readonly plugins: readonly PluginSettings[]
  /** The `--set` texts, with the plugins of flags beside those of the file. */
  readonly sets: readonly Setting[]
  /** A recipe with the hash of each plugin written into it. */
  stamp<T extends object>(recipe: T): T
}

/**
 * Loads the plugins of a recipe that is not yet checked, since what it may say depends on them. One that is not there
 * is passed over: it is a problem of the recipe like any other missing file.
 *
 * @throws UserError as `registryOf`
 */
export async function openPlugins(
  document: SourceDocument,
  { sets = [], plugins: flags = [], registry = builtInRegistry, cwd, env }: PluginOptions,
): Promise<OpenedPlugins> {
  const { overrides } = parseOverrides(sets)
  const written = writtenPlugins(applyOverrides(document.value, overrides, expandPlugins))
  const own = new Set(written.map(({ path }) => findPath(path, { file: document.file, cwd, env })))
  const added = flags.map((path) => resolve(cwd, path)).filter((path) => !own.has(path))
  const all: PluginSettings[] = [...written, ...added.map((path) => ({ path }))]
  const hashes = new Map<string, string>()
  const found: PluginSettings[] = []
  for (const plugin of all) {
    const path = findPath(plugin.path, { file: document.file, cwd, env })
    if (!path) continue
    const shown = shownPath(path, cwd)
    const sha256 = await pluginHash(path)
    hashes.set(shown, sha256)
    found.push({ sha256, ...plugin, path: shown })
  }
  return {
    registry: await registryOf({ plugins: found }, registry),
    plugins: found,
    sets: added.length > 0 ? [...sets, `plugins=${JSON.stringify(all)}`] : sets,
    stamp(recipe) {
      const { plugins } = recipe as { plugins?: readonly PluginSettings[] }
      if (!plugins) return recipe
      const stamped = plugins.map((plugin) => ({
        ...plugin,
        sha256: plugin.sha256 ?? hashes.get(plugin.path),
      }))
      return { ...recipe, plugins: stamped }
    },
  }
}

function shownPath(path: string, cwd: string): string {
  const inside = relative(cwd, path)
  return inside.startsWith('..') ? path : inside
}
