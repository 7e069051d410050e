import { JinjaError } from './jinja-error.ts'
import { repr, str } from './print.ts'
import { Dict, numberOf, Tuple, typeName, type Value } from './value.ts'

/** `template % values` for the directives s, r, d, i, f, x, X and %%, with width, zeros, - and precision. */
export function formatPercent(template: string, values: Value): string {
  const list = values instanceof Tuple ? values.items : [values]
  let used = 0
  const text = template.replace(
    /%(?:\((\w+)\))?([-0]*)(\d*)(?:\.(\d+))?(.|$)/gs,
    (whole, key, flags, width, precision, letter) => {
      if (letter === '%') return '%'
      const value = key === undefined ? list[used++] : (values as Dict).get?.(key)
      if (value === undefined) throw new JinjaError('not enough arguments for format string')
      const written = directive(letter, value, precision, whole)
      if (flags.includes('-')) return written.padEnd(Number(width))
      if (!flags.includes('0')) return written.padStart(Number(width))
      const sign = written.startsWith('-') ? '-' : ''
      return sign + written.slice(sign.length).padStart(Number(width) - sign.length, '0')
    },
  )
  if (used < list.length && !(values instanceof Dict))
    throw new JinjaError('not all arguments converted during string formatting')
  return text
}

function directive(letter: string, value: Value, precision: string, whole: string): string {
  if (letter === 's' || letter === 'r') {
    const text = letter === 's' ? str(value) : repr(value)
    return precision === undefined ? text : [...text].slice(0, Number(precision)).join('')
  }
  const number = numberOf(value)
  if (number === null)
    throw new JinjaError(`%${letter} format: a number is required, not ${typeName(value)}`)
  if (letter === 'd' || letter === 'i') return String(Math.trunc(number))
  if (letter === 'x') return Math.trunc(number).toString(16)
  if (letter === 'X') return Math.trunc(number).toString(16).toUpperCase()
  if (letter === 'f') return number.toFixed(precision === undefined ? 6 : Number(precision))
  throw new JinjaError(`the format ${whole} is not supported`)
}
