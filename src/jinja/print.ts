import { JinjaError } from './jinja-error.ts'
import {
  Callable,
  Dict,
  Float,
  Iter,
  isList,
  Markup,
  Namespace,
  Range,
  Tuple,
  typeName,
  Undefined,
  type Value,
  View,
} from './value.ts'

/** `str(value)`: what a template prints. */
export function str(value: Value): string {
  if (typeof value === 'string') return value
  if (value instanceof Markup) return value.text
  return value instanceof Undefined ? '' : repr(value)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
}

/** `markupsafe.escape`: what is marked as safe stays as it is. */
export function escapeHtml(value: Value): string {
  if (value instanceof Markup) return value.text
  return str(value).replace(/[&<>'"]/g, (sign) => entities[sign])
}

/** `repr(value)`, of values that Python prints without an address. */
export function repr(value: Value): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return quoted(value)
  if (value instanceof Float) return floatText(value.value)
  if (value instanceof Tuple) {
    const [only, ...more] = value.items
    if (value.items.length > 0 && more.length === 0) return `(${repr(only)},)`
    return `(${value.items.map(repr).join(', ')})`
  }
  if (value instanceof Dict)
    return `{${value.entries.map(([key, item]) => `${repr(key)}: ${repr(item)}`).join(', ')}}`
  if (value instanceof Range) {
    const { start, stop, step } = value
    return `range(${start}, ${stop}${step === 1 ? '' : `, ${step}`})`
  }
  if (value instanceof View) return `${value.name}([${value.items.map(repr).join(', ')}])`
  if (value instanceof Undefined) return 'Undefined'
  if (value instanceof Namespace) return `<Namespace ${repr(value.fields)}>`
  if (isList(value)) return `[${value.map(repr).join(', ')}]`
  const what = value instanceof Callable || value instanceof Iter ? typeName(value) : 'value'
  throw new JinjaError(`a ${what} cannot be printed`)
}

/** A float as Python prints it: the shortest digits, with an exponent below 1e-4 and from 1e16 on. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [digits, exponent] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 16) {
    const plain = Math.abs(power) < 7 ? String(value) : withoutExponent(value)
    return plain.includes('.') ? plain : `${plain}.0`
  }
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

function withoutExponent(value: number): string {
  const text = String(value)
  return text.includes('e') ? BigInt(value).toString() : text
}

/** Not printable in Python: separators but the space, control, format and unassigned characters. */
const hidden = /(?! )[\p{C}\p{Z}]/u

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let written = ''
  for (const character of text) {
    const code = character.codePointAt(0) as number
    if (character === quote || character === '\\') written += `\\${character}`
    else if (character === '\n') written += '\\n'
    else if (character === '\r') written += '\\r'
    else if (character === '\t') written += '\\t'
    else if (!hidden.test(character)) written += character
    else if (code < 0x100) written += `\\x${hex(code, 2)}`
    else written += code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
  }
  return quote + written + quote
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0')
}
