import * as z from 'zod'
import { type PartSettings, partSchema } from '../part.ts'
import { builtInRegistry, type Registry } from '../registry.ts'
import { valueAt } from '../value-path.ts'

/** The schemas of `tokens` and `examples` of a data set. */
export interface SelectOptions {
  readonly tokens: z.ZodType<PartSettings>
  readonly examples: z.ZodType<PartSettings>
}

/** What may be selected of a data set, read from a recipe that may still be wrong. */
export function selectOptions(
  written: unknown,
  set: 'forget' | 'retain',
  { tokenSelectors, exampleSelectors }: Registry = builtInRegistry,
): SelectOptions {
  return {
    tokens: requiredPart(tokenSelectors, valueAt(written, [set, 'tokens'])),
    examples: requiredPart(exampleSelectors, valueAt(written, [set, 'examples'])),
  }
}

/** Nothing is selected unless it is asked for, so a selector has no default. */
function requiredPart(
  parts: ReadonlyMap<string, { id: string; schema: z.ZodObject }>,
  written: unknown,
): z.ZodType<PartSettings> {
  const id = z.enum([...parts.keys()]).describe('Its name.')
  const part = parts.get(String(valueAt(written, ['id'])))
  return part ? partSchema(parts, written, part.id) : z.looseObject({ id })
}
