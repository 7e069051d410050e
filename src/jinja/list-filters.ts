import { bind } from './bind-arguments.ts'
import { attributeGetter, type Filter, type FilterContext } from './filter.ts'
import { JinjaError } from './jinja-error.ts'
import { arithmetic, equal, order } from './operators.ts'
import { str } from './print.ts'
import {
  type Call,
  codePoints,
  Dict,
  Iter,
  isTrue,
  itemsOf,
  orElse,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from './value.ts'

const lowered = (value: Value): Value => (typeof value === 'string' ? value.toLowerCase() : value)

/** What items are compared by: an attribute where one is named, in lower case unless told otherwise. */
function keyOf(attribute: Value | undefined, caseSensitive: Value | undefined) {
  const read =
    attribute === undefined || attribute === null
      ? (item: Value) => item
      : attributeGetter(attribute)
  const isSensitive = isTrue(caseSensitive ?? false)
  return (item: Value): Value => (isSensitive ? read(item) : lowered(read(item)))
}

/** Several attributes with commas between are compared one after the other. */
function sortKey(attribute: Value | undefined, caseSensitive: Value | undefined) {
  if (typeof attribute !== 'string' || !attribute.includes(','))
    return keyOf(attribute, caseSensitive)
  const keys = attribute.split(',').map((part) => keyOf(part, caseSensitive))
  return (item: Value): Value => keys.map((key) => key(item))
}

const extreme =
  (name: string, sign: number): Filter =>
  (value, call) => {
    const given = bind(name, call, ['case_sensitive', 'attribute'])
    const key = keyOf(given.get('attribute'), given.get('case_sensitive'))
    const items = itemsOf(value)
    if (items.length === 0) return new Undefined('No aggregated item, sequence was empty.')
    return items.reduce((best, item) => (sign * order(key(item), key(best)) > 0 ? item : best))
  }

/** `select` and its kin: a test of each item, or of one of its attributes. */
const selected =
  (name: string, keeps: boolean, ofAttribute: boolean): Filter =>
  (value, call, context) => {
    const [first, ...others] = call.positional
    if (ofAttribute && first === undefined) throw new JinjaError(`${name}: expected an attribute`)
    // Nothing, and None too, gives nothing.
    if (!isTrue(value)) return new Iter([])
    const read = ofAttribute ? attributeGetter(first) : (item: Value) => item
    const [test, ...rest] = ofAttribute ? others : call.positional
    const passes = (item: Value): boolean => {
      context.budget.spend()
      if (test === undefined) return isTrue(read(item))
      return context.test(str(test), read(item), { positional: rest, named: call.named })
    }
    return new Iter(itemsOf(value).filter((item) => passes(item) === keeps))
  }

function mapped(value: Value, call: Call, context: FilterContext): Value {
  if (!isTrue(value)) return new Iter([])
  const attribute = call.named.get('attribute')
  if (call.positional.length === 0 && attribute !== undefined)
    return new Iter(itemsOf(value).map(attributeGetter(attribute, call.named.get('default'))))
  const [name, ...positional] = call.positional
  if (name === undefined) throw new JinjaError('map requires a filter argument')
  return new Iter(
    itemsOf(value).map((item) => {
      context.budget.spend()
      return context.filter(str(name), item, { positional, named: call.named })
    }),
  )
}

/** Filters of lists. */
export const listFilters: Readonly<Record<string, Filter>> = {
  batch: (value, call) => {
    const given = bind('batch', call, ['linecount!', 'fill_with'])
    const size = Number(given.get('linecount'))
    if (!(size >= 1)) throw new JinjaError('batch: expected at least 1')
    const items = itemsOf(value)
    const fill = given.get('fill_with') ?? null
    return new Iter(
      Array.from({ length: Math.ceil(items.length / size) }, (_, i) => {
        const row = items.slice(i * size, (i + 1) * size)
        return fill === null ? row : [...row, ...Array(size - row.length).fill(fill)]
      }),
    )
  },
  dictsort: (value, call) => {
    const given = bind('dictsort', call, ['case_sensitive', 'by', 'reverse'])
    if (!(value instanceof Dict)) throw new JinjaError(`'${typeName(value)}' has no items`)
    const at = given.get('by') === 'value' ? 1 : 0
    const key = keyOf(undefined, given.get('case_sensitive'))
    const sign = isTrue(given.get('reverse') ?? false) ? -1 : 1
    return value.entries
      .toSorted((a, b) => sign * order(key(a[at]), key(b[at])))
      .map((entry) => new Tuple(entry))
  },
  first: (value) => orElse(itemsOf(value)[0], new Undefined('No first item, sequence was empty.')),
  last: (value) => {
    if (value instanceof Iter) throw new JinjaError("'generator' object is not reversible")
    return orElse(itemsOf(value).at(-1), new Undefined('No last item, sequence was empty.'))
  },
  groupby: (value, call) => {
    const given = bind('groupby', call, ['attribute!', 'default', 'case_sensitive'])
    const read = attributeGetter(given.get('attribute') as Value, given.get('default'))
    const isSensitive = isTrue(given.get('case_sensitive') ?? false)
    const key = (item: Value): Value => (isSensitive ? read(item) : lowered(read(item)))
    const groups: [Value, Value[]][] = []
    for (const item of itemsOf(value).toSorted((a, b) => order(key(a), key(b)))) {
      const last = groups.at(-1)
      if (last && equal(last[0], key(item))) last[1].push(item)
      else groups.push([key(item), [item]])
    }
    return groups.map(([grouper, list]) => new Tuple([isSensitive ? grouper : read(list[0]), list]))
  },
  join: (value, call, { budget }) => {
    const given = bind('join', call, ['d', 'attribute'])
    const attribute = given.get('attribute') ?? null
    const read = attribute === null ? (item: Value) => item : attributeGetter(attribute)
    const joined = itemsOf(value)
      .map((item) => str(read(item)))
      .join(str(given.get('d') ?? ''))
    budget.spend(joined.length)
    return joined
  },
  list: (value) => [...itemsOf(value)],
  map: mapped,
  max: extreme('max', 1),
  min: extreme('min', -1),
  reject: selected('reject', false, false),
  rejectattr: selected('rejectattr', false, true),
  select: selected('select', true, false),
  selectattr: selected('selectattr', true, true),
  reverse: (value) => {
    if (typeof value === 'string') return codePoints(value).toReversed().join('')
    return new Iter(itemsOf(value).toReversed())
  },
  sort: (value, call) => {
    const given = bind('sort', call, ['reverse', 'case_sensitive', 'attribute'])
    const key = sortKey(given.get('attribute'), given.get('case_sensitive'))
    const sign = isTrue(given.get('reverse') ?? false) ? -1 : 1
    return itemsOf(value).toSorted((a, b) => sign * order(key(a), key(b)))
  },
  sum: (value, call, { budget }) => {
    const given = bind('sum', call, ['attribute', 'start'])
    const attribute = given.get('attribute') ?? null
    const read = attribute === null ? (item: Value) => item : attributeGetter(attribute)
    const start = orElse(given.get('start'), 0)
    if (typeof start === 'string') throw new JinjaError("sum() can't sum strings")
    return itemsOf(value).reduce<Value>(
      (total, item) => arithmetic('+', total, read(item), budget),
      start,
    )
  },
  unique: (value, call) => {
    const given = bind('unique', call, ['case_sensitive', 'attribute'])
    const key = keyOf(given.get('attribute'), given.get('case_sensitive'))
    const seen = new Dict()
    return new Iter(
      itemsOf(value).filter((item) => {
        if (seen.has(key(item))) return false
        seen.set(key(item), null)
        return true
      }),
    )
  },
}
