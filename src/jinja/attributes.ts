import { bind } from './bind-arguments.ts'
import { JinjaError } from './jinja-error.ts'
import { equal, slice } from './operators.ts'
import { repr } from './print.ts'
import { otherStringMethods, stringMethods } from './string-methods.ts'
import {
  Callable,
  codePoints,
  Dict,
  Float,
  isList,
  itemsOf,
  Markup,
  Namespace,
  orElse,
  Range,
  Slice,
  Tuple,
  typeName,
  Undefined,
  type Value,
  View,
} from './value.ts'

type Method<Self> = (self: Self, args: { get(name: string): Value | undefined }) => Value

const dictMethods: Readonly<
  Record<string, readonly [parameters: readonly string[], Method<Dict>]>
> = {
  get: [
    ['key!', 'default'],
    (self, args) => orElse(self.get(args.get('key') as Value), orElse(args.get('default'), null)),
  ],
  keys: [[], (self) => new View('dict_keys', self.keys)],
  values: [
    [],
    (self) =>
      new View(
        'dict_values',
        self.entries.map(([, value]) => value),
      ),
  ],
  items: [
    [],
    (self) =>
      new View(
        'dict_items',
        self.entries.map((entry) => new Tuple(entry)),
      ),
  ],
  copy: [[], (self) => new Dict(self.entries)],
}
const listMethods: Readonly<
  Record<string, readonly [parameters: readonly string[], Method<readonly Value[]>]>
> = {
  count: [
    ['value!'],
    (self, args) => self.filter((item) => equal(item, args.get('value') as Value)).length,
  ],
  index: [
    ['value!'],
    (self, args) => {
      const at = self.findIndex((item) => equal(item, args.get('value') as Value))
      if (at < 0) throw new JinjaError(`${repr(args.get('value') as Value)} is not in list`)
      return at
    },
  ],
  copy: [[], (self) => [...self]],
}
/** Methods that change a value, which a template may not call. */
const changing: Readonly<Record<string, readonly string[]>> = {
  dict: ['clear', 'pop', 'popitem', 'setdefault', 'update'],
  list: ['append', 'clear', 'extend', 'insert', 'pop', 'remove', 'reverse', 'sort'],
}
/** Other attributes that values of Python have. */
const refused: Readonly<Record<string, readonly string[]>> = {
  dict: ['fromkeys'],
  str: otherStringMethods,
  int: [
    'real',
    'imag',
    'numerator',
    'denominator',
    'bit_length',
    'bit_count',
    'conjugate',
    'to_bytes',
    'from_bytes',
    'as_integer_ratio',
    'is_integer',
  ],
  float: ['real', 'imag', 'conjugate', 'hex', 'fromhex', 'as_integer_ratio', 'is_integer'],
  range: ['start', 'stop', 'step', 'count', 'index'],
  tuple: [],
  dict_keys: ['isdisjoint', 'mapping'],
  dict_values: ['mapping'],
  dict_items: ['isdisjoint', 'mapping'],
  generator: ['send', 'throw', 'close', 'gi_code', 'gi_frame', 'gi_running', 'gi_yieldfrom'],
}

/** An attribute of Python, as `getattr` finds it; undefined (of JavaScript) where there is none. */
function ownAttribute(value: Value, name: string): Value | undefined {
  if (name.startsWith('_')) return /^__\w+__$/.test(name) ? unsafe(name) : undefined
  if (value instanceof Namespace) return value.fields.get(name)
  if (value instanceof Callable) return value.attributes?.(name)
  if (value instanceof Markup)
    throw new JinjaError('methods of text marked as safe are not supported')
  const bound = <Self>(
    methods: Readonly<Record<string, readonly [readonly string[], Method<Self>]>>,
    self: Self,
  ) => {
    if (!Object.hasOwn(methods, name)) return undefined
    const [parameters, method] = methods[name]
    return new Callable(name, (call) => method(self, bind(name, call, parameters)))
  }
  if (typeof value === 'string' && Object.hasOwn(stringMethods, name))
    return new Callable(name, (call) => stringMethods[name](value, call))
  const method =
    value instanceof Dict
      ? bound(dictMethods, value)
      : isList(value)
        ? bound(listMethods, value)
        : value instanceof Tuple && name !== 'copy'
          ? bound(listMethods, value.items)
          : undefined
  if (method) return method
  if (changing[typeName(value)]?.includes(name)) return unsafe(name)
  if (refused[typeName(value) === 'bool' ? 'int' : typeName(value)]?.includes(name))
    throw new JinjaError(`'${name}' of '${typeName(value)}' is not supported in a template`)
  return undefined
}

function unsafe(name: string): Undefined {
  return new Undefined(`access to attribute '${name}' is unsafe`)
}

/** `value[key]` alone; undefined (of JavaScript) where Python raises. */
function ownItem(value: Value, key: Value): Value | undefined {
  if (value instanceof Dict) return value.get(key)
  if (key instanceof Slice) return slice(value, key.parts)
  if (typeof key !== 'number' && typeof key !== 'boolean') return undefined
  const items =
    typeof value === 'string'
      ? codePoints(value)
      : isList(value) || value instanceof Tuple || value instanceof Range
        ? itemsOf(value)
        : []
  const at = Number(key)
  return items[at < 0 ? at + items.length : at]
}

/** `value.name`: an attribute before a key. */
export function getAttribute(value: Value, name: string): Value {
  if (value instanceof Undefined) value.fail()
  const attribute = ownAttribute(value, name)
  if (attribute !== undefined) return attribute
  return orElse(ownItem(value, name), missing(value, name))
}

/** `value[key]`: a key before an attribute. */
export function getItem(value: Value, key: Value): Value {
  if (value instanceof Undefined) value.fail()
  const item = ownItem(value, key)
  if (item !== undefined) return item
  const attribute = typeof key === 'string' ? ownAttribute(value, key) : undefined
  return orElse(attribute, missing(value, key))
}

/** The attribute alone, as the filter `attr` reads it. */
export function onlyAttribute(value: Value, name: string): Value {
  if (value instanceof Undefined) value.fail()
  return orElse(ownAttribute(value, name), missing(value, name))
}

function missing(value: Value, key: Value): Undefined {
  if (key instanceof Float || key instanceof Slice || typeof key !== 'string')
    return new Undefined(`'${typeName(value)}' has no such item`)
  return new Undefined(`'${typeName(value)} object' has no attribute '${key}'`)
}
