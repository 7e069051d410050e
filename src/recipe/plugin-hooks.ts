import { readFileSync } from 'node:fs'
import type { LoadHook, ResolveHook } from 'node:module'
import { fileURLToPath } from 'node:url'

const ours = { parentURL: import.meta.url }

/** What a plugin imports of Lethe is this copy of it, wherever the plugin lies; zod too, where it lies beside none. */
export const resolve: ResolveHook = async (specifier, context, next) => {
  if (/^lethe(\/|$)/.test(specifier)) return next(specifier, { ...context, ...ours })
  try {
    return await next(specifier, context)
  } catch (error) {
    if (specifier !== 'zod') throw error
    return next(specifier, { ...context, ...ours })
  }
}

/** TypeScript with its types taken away, on every Node: 20 cannot, later ones do it with the same library. */
export const load: LoadHook = async (url, context, next) => {
  const { protocol, pathname } = new URL(url)
  if (protocol !== 'file:' || !pathname.endsWith('.ts')) return next(url, context)
  const { transformSync } = await import('@swc/wasm-typescript')
  const text = readFileSync(fileURLToPath(url), 'utf8')
  const { code } = transformSync(text, { mode: 'strip-only', module: true })
  return { format: 'module', source: code, shortCircuit: true }
}
