/** A JSON Schema that is an object. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** What becomes of a part of a schema that stands under a key. */
type Visit = (part: JsonSchema, key: string) => JsonSchema

/** Parts of fewer lines stay where they are: a reference would be no shorter to read. */
const leastLines = 12

/**
 * The same JSON Schema, with each part that occurs more than once written once, under `$defs`, and referred to.
 *
 * A definition is called after the key under which it stands first, with a number where two would have one name. The
 * description stays beside the reference: parts that differ in nothing else are shared, too.
 */
export function shareDefinitions(schema: JsonSchema): JsonSchema {
  const counts = new Map<string, number>()
  const count: Visit = (part, key) => {
    const text = textOf(part)
    const seen = counts.get(text) ?? 0
    counts.set(text, seen + 1)
    // What stands inside a part that was seen before is counted with it.
    return seen > 0 ? part : mapParts(part, key, count)
  }
  mapParts(schema, '', count)

  const names = new Map<string, string>()
  const definitions: Record<string, JsonSchema> = {}
  const share: Visit = (part, key) => {
    const text = textOf(part)
    if ((counts.get(text) ?? 0) < 2 || text.split('\n').length < leastLines)
      return mapParts(part, key, share)
    const { description, ...rest } = part
    let name = names.get(text)
    if (name === undefined) {
      name = freeName(key, definitions)
      names.set(text, name)
      definitions[name] = {}
      definitions[name] = mapParts(rest, key, share)
    }
    return { ...(description === undefined ? {} : { description }), $ref: `#/$defs/${name}` }
  }
  const shared = mapParts(schema, '', share)
  return names.size === 0 ? shared : { ...shared, $defs: definitions }
}

/** The text by which two parts are the same: of all but the description. */
function textOf({ description: _, ...rest }: JsonSchema): string {
  return JSON.stringify(rest, null, 2)
}

function freeName(key: string, taken: Readonly<Record<string, unknown>>): string {
  let name = key
  for (let number = 2; name in taken; number++) name = `${key}${number}`
  return name
}

/** The schema with every schema inside it replaced. Defaults and enumerations are values, and stay as they are. */
function mapParts(schema: JsonSchema, key: string, visit: Visit): JsonSchema {
  const replaced = (value: unknown, at: string): unknown =>
    typeof value === 'object' && value !== null ? visit(value as JsonSchema, at) : value
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => {
      switch (keyword) {
        case 'properties': {
          const fields = Object.entries(value as JsonSchema)
          return [
            keyword,
            Object.fromEntries(fields.map(([name, of]) => [name, replaced(of, name)])),
          ]
        }
        case 'anyOf':
        case 'oneOf':
          return [keyword, (value as unknown[]).map((of) => replaced(of, key))]
        case 'items':
        case 'additionalProperties':
        case 'propertyNames':
          return [keyword, replaced(value, key)]
        default:
          return [keyword, value]
      }
    }),
  )
}
