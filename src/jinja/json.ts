import { JinjaError } from './jinja-error.ts'
import { floatText } from './print.ts'
import { Dict, Float, isList, Tuple, typeName, type Value } from './value.ts'

export interface JsonOptions {
  ensureAscii: boolean
  /** What one level is indented by; null for all in one line. */
  indent: string | null
  separators: readonly [item: string, key: string]
  sortKeys: boolean
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
}

/** `json.dumps`. */
export function dumps(value: Value, options: JsonOptions, level = 0): string {
  const { indent, separators, sortKeys } = options
  if (level > 200) throw new JinjaError('tojson: nested deeper than 200 levels')
  if (value === null) return 'null'
  if (typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (typeof value === 'string') return jsonString(value, options.ensureAscii)
  if (value instanceof Float)
    return (
      { nan: 'NaN', inf: 'Infinity', '-inf': '-Infinity' }[floatText(value.value)] ??
      floatText(value.value)
    )
  const around = (open: string, items: readonly string[], close: string): string => {
    if (items.length === 0) return open + close
    if (indent === null) return open + items.join(separators[0]) + close
    const line = `\n${indent.repeat(level + 1)}`
    return `${open}${line}${items.join(separators[0] + line)}\n${indent.repeat(level)}${close}`
  }
  const inner = (item: Value) => dumps(item, options, level + 1)
  if (isList(value)) return around('[', value.map(inner), ']')
  if (value instanceof Tuple) return around('[', value.items.map(inner), ']')
  if (value instanceof Dict) {
    const entries = value.entries.map(([key, item]) => [keyText(key), item] as const)
    if (sortKeys) entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    const fields = entries.map(
      ([key, item]) => jsonString(key, options.ensureAscii) + separators[1] + inner(item),
    )
    return around('{', fields, '}')
  }
  throw new JinjaError(`Object of type ${typeName(value)} is not JSON serializable`)
}

function keyText(key: Value): string {
  if (typeof key === 'string') return key
  if (key === null) return 'null'
  if (typeof key === 'boolean' || typeof key === 'number') return String(key)
  if (key instanceof Float) return floatText(key.value)
  throw new JinjaError(`keys must be str, int, float, bool or None, not ${typeName(key)}`)
}

function jsonString(text: string, ensureAscii: boolean): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON escapes
  const pattern = ensureAscii ? /["\\\x00-\x1f]|[^\x00-\x7e]/g : /["\\\x00-\x1f]/g
  const written = text.replace(pattern, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0')
    return escapes[character] ?? `\\u${code}`
  })
  return `"${written}"`
}
