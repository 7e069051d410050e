import * as z from 'zod'
import type { Path } from './document.ts'

type Json = z.core.JSONSchema.BaseSchema

/** The schema of the field at `path`, seen through defaults and unions; undefined where there is none. */
export function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  let current: z.ZodType | undefined = schema
  for (const step of path) {
    if (!current) return undefined
    const found: z.ZodType[] = []
    for (const option of unwrap(current)) {
      if (option instanceof z.ZodObject) {
        const field = (option.shape as Record<string, z.ZodType>)[String(step)]
        if (field && Object.hasOwn(option.shape, step)) found.push(field)
      } else if (option instanceof z.ZodArray) found.push(option.element as z.ZodType)
      else if (option instanceof z.ZodRecord) found.push(option.valueType as z.ZodType)
    }
    current = found.length > 1 ? z.union(found) : found[0]
  }
  return current
}

/** The keys an object schema knows, those of all its alternatives together. */
export function knownKeys(schema: z.ZodType | undefined): string[] {
  if (!schema) return []
  const objects = unwrap(schema).filter((option) => option instanceof z.ZodObject)
  return [...new Set(objects.flatMap((object) => Object.keys(object.shape)))]
}

/** Every path of `schema` that ends in `key`, such as `train.learningRate` for `learningRate`. */
export function pathsOfKey(schema: z.ZodType, key: string, path: string[] = []): string[] {
  const paths: string[] = []
  for (const option of unwrap(schema))
    if (option instanceof z.ZodObject)
      for (const [name, field] of Object.entries(option.shape)) {
        if (name === key) paths.push([...path, name].join('.'))
        paths.push(...pathsOfKey(field as z.ZodType, key, [...path, name]))
      }
  return [...new Set(paths)]
}

/** What a schema accepts, in words: `whole number ≥ 1`, `constant, linear or cosine`. */
export function expectedOf(schema: z.ZodType): string {
  return words(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
}

function words(json: Json): string {
  if (json.anyOf) return joinOr(json.anyOf.map((option) => words(option as Json)))
  if (json.const !== undefined) return String(json.const)
  if (json.enum) return joinOr(json.enum.map(String))
  switch (json.type) {
    case 'integer':
      return `whole number${bounds(json)}`
    case 'number':
      return `number${bounds(json)}`
    case 'boolean':
      return 'true or false'
    case 'string':
      return 'some text'
    case 'null':
      return 'null'
    case 'array':
      return `${json.minItems ? 'non-empty ' : ''}list of ${words(json.items as Json)}`
    case 'object':
      return `mapping with ${Object.keys(json.properties ?? {}).join(', ')}`
    default:
      return 'a value'
  }
}

function bounds(json: Json): string {
  const parts: string[] = []
  if (json.minimum !== undefined && json.minimum > Number.MIN_SAFE_INTEGER)
    parts.push(`≥ ${json.minimum}`)
  if (json.exclusiveMinimum !== undefined) parts.push(`> ${json.exclusiveMinimum}`)
  if (json.maximum !== undefined && json.maximum < Number.MAX_SAFE_INTEGER)
    parts.push(`≤ ${json.maximum}`)
  if (json.exclusiveMaximum !== undefined) parts.push(`< ${json.exclusiveMaximum}`)
  return parts.length ? ` ${parts.join(' and ')}` : ''
}

function joinOr(options: string[]): string {
  return options.length < 2
    ? options.join('')
    : `${options.slice(0, -1).join(', ')} or ${options.at(-1)}`
}

/** The alternatives of a schema, without the wrappers that only give a default. */
function unwrap(schema: z.ZodType): z.ZodType[] {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable
  )
    return unwrap(schema.def.innerType as z.ZodType)
  if (schema instanceof z.ZodUnion)
    return (schema.options as readonly z.ZodType[]).flatMap((option) => unwrap(option))
  return [schema]
}
