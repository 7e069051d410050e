import { stringify } from 'yaml'
import * as z from 'zod'
import { type MethodSettings, methodSchemaFor } from '../../method/schema.ts'
import { broughtDefaults, filled } from '../brought.ts'
import { recipeName } from '../examine-recipe.ts'
import { recipeSchema } from '../recipe-schema.ts'
import { builtInRegistry } from '../registry.ts'
import { numberText, valueAt } from '../value-path.ts'
import { automaticData } from './data-section.ts'
import { selectOptions } from './select-options.ts'
import { trainOptions } from './train-options.ts'

/** What is known of a recipe before it is written. */
export interface TemplateOptions {
  /** Name of the recipe's file. */
  file: string
  /** Where the JSON Schema is, for editors; null where it is not with the recipe. */
  schema: string | null
  model: string
  forget: string
  retain: string | null
  /** null: what the goal brings along */
  method: string | null
}

type Json = z.core.JSONSchema.BaseSchema & { properties?: Record<string, Json> }

const width = 98

/**
 * A commented recipe to start from. Every key is there with its description; those with a default are commented out
 * by a # without a space, so that taking it away changes nothing until the value is changed.
 */
export function recipeTemplate(options: TemplateOptions): string {
  const { file, schema, model, forget, retain, method } = options
  const active: Record<string, unknown> = {
    model,
    'forget.path': forget,
    ...(retain === null ? {} : { [retain === automaticData ? 'retain' : 'retain.path']: retain }),
    ...(method === null ? {} : { 'method.id': method }),
    'goal.forget': 'ignorance',
    'goal.keep': 0.95,
    'goal.within': '30m',
    output: `runs/${recipeName(file)}`,
  }
  const open = {
    forget: {},
    retain: {},
    goal: {},
    ...(method === null ? {} : { method: { id: method } }),
  }
  const byParts = broughtDefaults(open, builtInRegistry)
  const settings = valueAt(filled(open, byParts), ['method']) as MethodSettings
  const brought = Object.fromEntries([
    ...Object.entries(settings).map(([key, value]) => [`method.${key}`, value]),
    ...byParts.filter(({ at }) => at[0] !== 'method').map(({ at, value }) => [at.join('.'), value]),
  ])
  const json = z.toJSONSchema(
    recipeSchema({
      method: methodSchemaFor(settings),
      train: trainOptions({}, 1e-5),
      select: { forget: selectOptions({}, 'forget'), retain: selectOptions({}, 'retain') },
      name: recipeName(file),
    }),
    { io: 'input', unrepresentable: 'any' },
  ) as Json
  const header = [
    ...(schema === null ? [] : [`# yaml-language-server: $schema=${schema}`]),
    `# lethe run ${file}`,
    '#',
    '# Keys that are commented out, as in "#seed: 0", show their default: remove the # to change one.',
  ]
  const sections = Object.entries(json.properties ?? {}).map(([key, field]) =>
    ['', ...keyLines(key, field, [key], { active, brought })].join('\n'),
  )
  return `${[...header, ...sections].join('\n')}\n`
}

function keyLines(
  key: string,
  field: Json,
  path: readonly string[],
  /** Of keys that are on, and of those that the method brings along, by path. */
  values: { active: Readonly<Record<string, unknown>>; brought: Readonly<Record<string, unknown>> },
): string[] {
  const { active, brought } = values
  const name = path.join('.')
  const used = Object.keys(active).some((each) => each === name || each.startsWith(`${name}.`))
  const off = used ? '' : '#'
  const text = comment(sentence(field, used))
  const properties = mappingOf(field, path.length)
  if (properties && !(name in active) && !(name in brought)) {
    const inner = Object.entries(properties).flatMap(([child, childField]) =>
      keyLines(child, childField, [...path, child], values),
    )
    // In a section that is off, the # of its keys stands at the margin of the section.
    const body = inner.map((line) =>
      used || line.startsWith('# ') ? `  ${line}` : `#  ${line.slice(1)}`,
    )
    return [...text, `${off}${key}:`, ...body]
  }
  const value = active[name] ?? brought[name] ?? exampleOf(field)
  // There is nothing to show of what is not there unless written.
  if (value === undefined) return []
  return [...text, `${off}${key}: ${yamlText(value)}`]
}

/** The keys of a section, also of one of the top that may be null; further in, null is the value that is shown. */
function mappingOf(field: Json, depth: number): Record<string, Json> | undefined {
  if (field.properties) return field.properties
  const options = (field.anyOf ?? []) as Json[]
  const isOptional = field.default === null && options.length === 2 && options[1].type === 'null'
  return isOptional && depth === 1 ? options[0].properties : undefined
}

/** The default, or, where leaving the key out means something of its own, the first choice. */
function exampleOf(field: Json): unknown {
  return field.default !== undefined ? field.default : field.enum?.[0]
}

function yamlText(value: unknown): string {
  return typeof value === 'number'
    ? numberText(value)
    : stringify(value, { collectionStyle: 'flow' }).trim()
}

/** The description as a sentence; knobs of methods and optimisers are described by a phrase. */
function sentence({ description = '', default: fallback }: Json, used: boolean): string {
  const text = description.charAt(0).toUpperCase() + description.slice(1)
  return /[.!?]$/.test(text)
    ? text
    : `${text}${fallback === undefined && !used ? ' (default: none)' : ''}.`
}

function comment(text: string): string[] {
  const lines: string[] = []
  let line = '#'
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > width) {
      lines.push(line)
      line = '#'
    }
    line += ` ${word}`
  }
  return [...lines, line]
}
