import * as z from 'zod'
import { isMapping } from '../../files/mapping.ts'
import type { FileReference } from '../examine-recipe.ts'
import { valueAt, withValue } from '../value-path.ts'

const hash = /^[0-9a-f]{64}$/

/** `plugins`: modules that define losses, methods, … beyond those that ship. Not written where there are none. */
export const pluginsSection = z
  .array(
    z.strictObject({
      path: z.string().min(1).describe('A .js, .mjs or .ts module.'),
      sha256: z
        .string()
        .regex(hash)
        .optional()
        .describe('Of the file, written into the run folder; another file is then refused.'),
    }),
  )
  .optional()
  .describe(
    'Modules that define losses, methods and more, by their path, relative to this recipe or to the current folder. Their code is run.',
  )

export type PluginSettings = NonNullable<z.output<typeof pluginsSection>>[number]

/** Paths written out: `[./mine.ts]` as `[{ path: ./mine.ts }]`. */
export function expandPlugins(written: unknown): unknown {
  const plugins = valueAt(written, ['plugins'])
  if (!Array.isArray(plugins)) return written
  const whole = plugins.map((each) => (typeof each === 'string' ? { path: each } : each))
  return withValue(written, ['plugins'], whole)
}

/** The plugins that a recipe names, as far as they are well written. */
export function writtenPlugins(written: unknown): PluginSettings[] {
  const plugins = valueAt(expandPlugins(written), ['plugins'])
  if (!Array.isArray(plugins)) return []
  return plugins.filter(
    (each) =>
      isMapping(each) &&
      typeof each.path === 'string' &&
      ['string', 'undefined'].includes(typeof each.sha256),
  )
}

/** Their files. */
export function pluginFiles(written: unknown): FileReference[] {
  return writtenPlugins(written).map((_, i) => ({ at: ['plugins', i, 'path'], kind: 'module' }))
}
