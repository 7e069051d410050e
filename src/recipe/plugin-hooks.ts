import { readFileSync } from 'node:fs'
import type { LoadHook, ResolveHook } from 'node:module'
import { fileURLToPath } from 'node:url'

/** What a plugin imports of Lethe is this copy of it, wherever the plugin lies. */
export const resolve: ResolveHook = (specifier, context, next) =>
  /^lethe(\/|$)/.test(specifier)
    ? next(specifier, { ...context, parentURL: import.meta.url })
    : next(specifier, context)

/** TypeScript with its types taken away, on every Node: 20 cannot, later ones do it with the same library. */
export const load: LoadHook = async (url, context, next) => {
  const { protocol, pathname } = new URL(url)
  if (protocol !== 'file:' || !pathname.endsWith('.ts')) return next(url, context)
  const { transformSync } = await import('@swc/wasm-typescript')
  const text = readFileSync(fileURLToPath(url), 'utf8')
  const { code } = transformSync(text, { mode: 'strip-only', module: true })
  return { format: 'module', source: code, shortCircuit: true }
}
