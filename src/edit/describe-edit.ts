import type { z } from 'zod'
import { defaultOf } from '../method/fields.ts'
import { typeText } from '../method/knobs.ts'
import type { EditRule } from './edit-rule.ts'

/** An edit rule as plain data: what `lethe methods --json` prints and pages are made of. */
export interface EditDescription
  extends Pick<EditRule, 'id' | 'title' | 'source' | 'formula' | 'summary' | 'defects'> {
  /** What of a recipe it is. */
  readonly stage: 'edit'
  readonly knobs: readonly {
    readonly name: string
    /** In words: `number > 0`. */
    readonly type: string
    readonly default: unknown
    readonly description: string
  }[]
}

/** The declaration of an edit rule with its knobs spelled out; JSON. */
export function describeEdit(rule: EditRule): EditDescription {
  const { id, title, source, formula, summary, defects, schema } = rule
  const knobs = Object.entries(schema.shape).map(([name, field]) => ({
    name,
    type: typeText(field as z.ZodType),
    default: defaultOf(field as z.ZodType),
    description: String((field as z.ZodType).description),
  }))
  return { id, title, source, formula, summary, defects, stage: 'edit', knobs }
}
