import { stringify } from 'yaml'
import * as z from 'zod'
import { methodSchemaFor } from '../method/schema.ts'
import { recipeSchema } from '../recipe/recipe-schema.ts'
import { selectOptions } from '../recipe/section/select-options.ts'
import { trainOptions } from '../recipe/section/train-options.ts'
import { numberText, pathText, withValue } from '../recipe/value-path.ts'
import { parseYaml } from '../recipe/yaml.ts'

type Json = z.core.JSONSchema.BaseSchema & { properties?: Record<string, Json> }

/** The field of a form that asks for one value of a recipe. */
export interface FormField {
  /** `train.learningRate` */
  readonly name: string
  readonly description: string
  readonly kind: 'choice' | 'number' | 'text'
  readonly choices: readonly string[]
  /** as it would be written; empty where there is none */
  readonly fallback: string
  readonly required: boolean
}

export interface FormSection {
  readonly title: string
  readonly fields: readonly FormField[]
}

/** The form of an unlearning recipe: the keys of its schema, section by section, with the knobs of the method. */
export function recipeForm(method: string): FormSection[] {
  const json = z.toJSONSchema(
    recipeSchema({
      method: methodSchemaFor({ id: method }),
      train: trainOptions({}, 1e-5),
      select: { forget: selectOptions({}, 'forget'), retain: selectOptions({}, 'retain') },
      name: 'run',
    }).omit({ plugins: true }),
    { io: 'input', unrepresentable: 'any' },
  ) as Json
  const sections: FormSection[] = []
  const top: FormField[] = []
  for (const [key, field] of Object.entries(json.properties ?? {})) {
    const inner = sectionOf(field)
    if (!inner) top.push(fieldOf(key, field, json.required?.includes(key) ?? false))
    else
      sections.push({
        title: key,
        fields: Object.entries(inner.properties ?? {}).map(([child, childField]) =>
          fieldOf(`${key}.${child}`, childField, inner.required?.includes(child) ?? false),
        ),
      })
  }
  return [{ title: 'run', fields: top }, ...sections]
}

/** The recipe that a filled form means: what is left empty, or at its default, is not written. */
export function recipeText(
  sections: readonly FormSection[],
  values: Readonly<Record<string, string>>,
): string {
  let recipe: unknown = {}
  for (const { name, fallback, required } of sections.flatMap(({ fields }) => fields)) {
    const text = values[name]?.trim() ?? ''
    if (text === '' || (text === fallback && !required)) continue
    recipe = withValue(recipe, name.split('.'), written(text))
  }
  return stringify(recipe)
}

/** Text as YAML where it is a mapping, a list, a number, null; a path, and what is no YAML, stays as it is. */
function written(text: string): unknown {
  try {
    return parseYaml(text, 'recipe.yaml')
  } catch {
    return text
  }
}

function sectionOf(field: Json): Json | null {
  if (field.properties) return field
  const options = (field.anyOf ?? []) as Json[]
  return options.length === 2 && options[1].type === 'null' && options[0].properties
    ? options[0]
    : null
}

function fieldOf(name: string, field: Json, required: boolean): FormField {
  const { description = '', default: fallback } = field
  const choices = (field.enum ?? []).map(String)
  const isNumber = field.type === 'number' || field.type === 'integer'
  return {
    name: pathText(name.split('.')),
    description,
    kind: choices.length > 0 ? 'choice' : isNumber ? 'number' : 'text',
    choices,
    fallback: textOf(fallback),
    required,
  }
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number') return numberText(value)
  return typeof value === 'string'
    ? value
    : stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim()
}
