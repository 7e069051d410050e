import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import * as module from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { definedAs } from '../definition.ts'
import { type Problem, UserError } from '../error.ts'
import { builtInRegistry, extendRegistry, type Registry } from './registry.ts'
import type { PluginSettings } from './section/plugins-section.ts'

/**
 * The registry that a recipe's plugins make of one, by default of what ships. Runs their code; a module is loaded once.
 *
 * @throws UserError where a file cannot be read or is not the one of its hash, where its code fails, where it exports
 * no definition, one of a wrong shape, or one whose id is taken
 */
export async function registryOf(
  { plugins = [] }: { readonly plugins?: readonly PluginSettings[] | undefined },
  base: Registry = builtInRegistry,
): Promise<Registry> {
  let registry = base
  for (const plugin of plugins) registry = await withPlugin(registry, plugin)
  return registry
}

/**
 * What there is with the modules of `--plugin` flags.
 *
 * @throws UserError as `registryOf`
 */
export function registryWith(plugins: readonly string[], cwd: string): Promise<Registry> {
  return registryOf({ plugins: plugins.map((path) => ({ path: resolve(cwd, path) })) })
}

/** SHA-256 of a plugin's file; of what it imports nothing is known. */
export async function pluginHash(path: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(resolve(path)))
      .digest('hex')
  } catch {
    throw refusal(path, {
      code: 'missing-file',
      expected: 'a readable module',
      got: 'no such file',
    })
  }
}

async function withPlugin(registry: Registry, { path, sha256 }: PluginSettings): Promise<Registry> {
  const found = await pluginHash(path)
  if (sha256 !== undefined && sha256 !== found)
    throw refusal(path, {
      code: 'changed-plugin',
      expected: `the file that the run began with, sha256 ${sha256.slice(0, 12)}…`,
      got: `one with sha256 ${found.slice(0, 12)}…`,
      hint: 'Put that file back, or begin a new run',
    })
  const definitions = definitionsOf(path, await importPlugin(path))
  try {
    return extendRegistry(registry, definitions)
  } catch (error) {
    if (error instanceof UserError)
      throw new UserError(
        error.problems.map((problem) => ({ ...problem, path: `${path}: ${problem.path}` })),
      )
    // A method that names what is not there: for those that ship a mistake of ours, here the plugin's.
    throw refusal(path, {
      code: 'bad-definition',
      expected: 'a method of parts, knobs and variants that there are',
      got: (error as Error).message.replace(/^internal: /, ''),
    })
  }
}

function definitionsOf(path: string, exported: Readonly<Record<string, unknown>>): object[] {
  const values = [...new Set(Object.values(exported))]
  const definitions = values.filter((value) => definedAs(value) !== null) as object[]
  if (definitions.length === 0)
    throw refusal(path, {
      code: 'no-definition',
      expected: 'an export made by defineLoss, defineMethod or another define function of lethe',
      got: values.length === 0 ? 'no exports' : `only ${Object.keys(exported).join(', ')}`,
      hint: "For example: export const mine = defineLoss({ id: 'mine', … })",
    })
  return definitions
}

async function importPlugin(path: string): Promise<Record<string, unknown>> {
  registerHooks()
  try {
    return await import(/* @vite-ignore */ pathToFileURL(resolve(path)).href)
  } catch (error) {
    if (error instanceof UserError) throw error
    throw refusal(path, {
      code: 'bad-plugin',
      expected: 'a module that can be loaded',
      got: String((error as { message?: unknown }).message ?? error).split('\n')[0],
    })
  }
}

let isRegistered = false

/** From source there is nothing to register: what runs that knows TypeScript. */
function registerHooks(): void {
  if (isRegistered || import.meta.url.endsWith('.ts')) return
  isRegistered = true
  module.register('./plugin-hooks.js', import.meta.url)
}

function refusal(path: string, problem: Omit<Problem, 'path'>): UserError {
  return new UserError({ path: `plugin ${path}`, ...problem })
}
