import type { Budget } from './budget.ts'
import { JinjaError } from './jinja-error.ts'
import { formatPercent } from './percent-format.ts'
import { escapeHtml } from './print.ts'
import {
  Callable,
  codePoints,
  Dict,
  Float,
  Iter,
  isList,
  itemsOf,
  Markup,
  numberOf,
  Range,
  Tuple,
  typeName,
  Undefined,
  type Value,
  View,
} from './value.ts'

/** `left operator right` of arithmetic, as Python. */
export function arithmetic(operator: string, left: Value, right: Value, budget: Budget): Value {
  if (left instanceof Undefined) left.fail()
  if (right instanceof Undefined) right.fail()
  const [a, b] = [numberOf(left), numberOf(right)]
  if (a !== null && b !== null)
    return numbers(operator, a, b, left instanceof Float || right instanceof Float)
  if (operator === '+' && (left instanceof Markup || right instanceof Markup)) {
    if (!isText(left) || !isText(right)) throw unsupported(operator, left, right)
    const text = escapeHtml(left) + escapeHtml(right)
    budget.spend(text.length)
    return new Markup(text)
  }
  if (operator === '+') {
    if (typeof left === 'string' && typeof right === 'string') {
      budget.spend(left.length + right.length)
      return left + right
    }
    if (isList(left) && isList(right)) {
      budget.spend(left.length + right.length)
      return [...left, ...right]
    }
    if (left instanceof Tuple && right instanceof Tuple)
      return new Tuple([...left.items, ...right.items])
  }
  if (operator === '*') {
    const [many, times] = typeof right === 'number' ? [left, right] : [right, left]
    if (typeof times === 'number') {
      const count = Math.max(0, times)
      if (typeof many === 'string') {
        budget.spend(many.length * count)
        return many.repeat(count)
      }
      if (isList(many)) {
        budget.spend(many.length * count)
        return Array.from({ length: count }, () => many).flat()
      }
    }
  }
  if (operator === '%' && typeof left === 'string') {
    const text = formatPercent(left, right)
    budget.spend(text.length)
    return text
  }
  throw unsupported(operator, left, right)
}

function unsupported(operator: string, left: Value, right: Value): JinjaError {
  return new JinjaError(
    `unsupported operand type(s) for ${operator}: '${typeName(left)}' and '${typeName(right)}'`,
  )
}

function isText(value: Value): boolean {
  return typeof value === 'string' || value instanceof Markup
}

function numbers(operator: string, a: number, b: number, isFloat: boolean): Value {
  const made = (value: number): Value => {
    if (isFloat) return new Float(value)
    if (!Number.isSafeInteger(value))
      throw new JinjaError(`${operator}: a whole number beyond 2^53`)
    return value === 0 ? 0 : value
  }
  if (b === 0 && ['/', '//', '%'].includes(operator)) throw new JinjaError('division by zero')
  switch (operator) {
    case '+':
      return made(a + b)
    case '-':
      return made(a - b)
    case '*':
      return made(a * b)
    case '/':
      return new Float(a / b)
    case '//':
      return made(Math.floor(a / b))
    case '%':
      return made(a - b * Math.floor(a / b))
    default:
      return !isFloat && b < 0 ? new Float(a ** b) : made(a ** b)
  }
}

export function negate(value: Value, sign: 'minus' | 'plus'): Value {
  if (value instanceof Undefined) value.fail()
  const number = numberOf(value)
  if (number === null) throw new JinjaError(`bad operand type for unary sign: '${typeName(value)}'`)
  const signed = sign === 'minus' ? -number : number
  return value instanceof Float ? new Float(signed) : signed === 0 ? 0 : signed
}

/** One comparison of a chain. */
export function compare(operator: string, left: Value, right: Value): boolean {
  switch (operator) {
    case '==':
      return equal(left, right)
    case '!=':
      return !equal(left, right)
    case 'in':
      return contains(right, left)
    case 'not in':
      return !contains(right, left)
  }
  const sign = order(left, right, operator)
  if (operator === '<') return sign < 0
  if (operator === '<=') return sign <= 0
  return operator === '>' ? sign > 0 : sign >= 0
}

export function equal(left: Value, right: Value): boolean {
  const [a, b] = [numberOf(left), numberOf(right)]
  if (a !== null || b !== null) return a === b
  if (left instanceof Markup) return equal(left.text, right)
  if (right instanceof Markup) return equal(left, right.text)
  if (isList(left)) return isList(right) && sameItems(left, right)
  if (left instanceof Tuple) return right instanceof Tuple && sameItems(left.items, right.items)
  if (left instanceof Range) return right instanceof Range && sameItems(left.items, right.items)
  if (left instanceof Dict)
    return (
      right instanceof Dict &&
      left.size === right.size &&
      left.entries.every(([key, value]) => right.has(key) && equal(value, right.get(key) as Value))
    )
  if (left instanceof Undefined) return right instanceof Undefined
  return left === right
}

function sameItems(left: readonly Value[], right: readonly Value[]): boolean {
  return left.length === right.length && left.every((item, i) => equal(item, right[i]))
}

/** Less than 0 where `left` comes first. @throws JinjaError for values that Python does not order */
export function order(left: Value, right: Value, operator = '<'): number {
  if (left instanceof Undefined) left.fail()
  if (right instanceof Undefined) right.fail()
  const [a, b] = [numberOf(left), numberOf(right)]
  if (a !== null && b !== null) return a - b
  if (typeof left === 'string' && typeof right === 'string') return orderText(left, right)
  const [first, second] = [orderedItems(left), orderedItems(right)]
  if (first && second && typeName(left) === typeName(right)) {
    for (let i = 0; i < Math.min(first.length, second.length); i++)
      if (!equal(first[i], second[i])) return order(first[i], second[i], operator)
    return first.length - second.length
  }
  throw new JinjaError(
    `'${operator}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`,
  )
}

function orderedItems(value: Value): readonly Value[] | null {
  return isList(value) ? value : value instanceof Tuple ? value.items : null
}

/** By code points, which is not the order of UTF-16. */
function orderText(left: string, right: string): number {
  const [a, b] = [codePoints(left), codePoints(right)]
  for (let i = 0; i < Math.min(a.length, b.length); i++)
    if (a[i] !== b[i]) return (a[i].codePointAt(0) as number) - (b[i].codePointAt(0) as number)
  return a.length - b.length
}

function contains(container: Value, value: Value): boolean {
  if (typeof container === 'string') {
    if (typeof value === 'string') return container.includes(value)
    throw new JinjaError(`'in <string>' requires string as left operand, not ${typeName(value)}`)
  }
  if (container instanceof Dict) return container.has(value)
  if (container instanceof Iter) {
    for (let item = container.next(); item !== undefined; item = container.next())
      if (equal(item, value)) return true
    return false
  }
  return itemsOf(container).some((item) => equal(item, value))
}

/** Whether two values are one: `sameas`. */
export function isSame(left: Value, right: Value): boolean {
  return left === right
}

/** `value[start:stop:step]` of strings, lists, tuples and ranges. */
export function slice(value: Value, [start, stop, step]: readonly [Value, Value, Value]): Value {
  if (value instanceof Undefined) value.fail()
  if (value instanceof Callable || value instanceof View || value instanceof Dict || value === null)
    throw new JinjaError(`'${typeName(value)}' object cannot be sliced`)
  const items = typeof value === 'string' ? codePoints(value) : itemsOf(value)
  const by = step === null ? 1 : Number(step)
  if (by === 0) throw new JinjaError('slice step cannot be zero')
  for (const bound of [start, stop, step])
    if (bound !== null && typeof bound !== 'number')
      throw new JinjaError('slice indices must be integers or None')
  const { length } = items
  const bound = (given: Value, otherwise: number): number => {
    if (given === null) return otherwise
    const at = (given as number) < 0 ? (given as number) + length : (given as number)
    return by > 0 ? Math.min(Math.max(at, 0), length) : Math.min(Math.max(at, -1), length - 1)
  }
  const [from, to] = [bound(start, by > 0 ? 0 : length - 1), bound(stop, by > 0 ? length : -1)]
  const taken: Value[] = []
  for (let i = from; by > 0 ? i < to : i > to; i += by) taken.push(items[i])
  if (typeof value === 'string') return taken.join('')
  return value instanceof Tuple ? new Tuple(taken) : taken
}
