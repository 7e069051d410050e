import { JinjaError } from './jinja-error.ts'

/**
 * A value of Python as templates see it. Whole numbers are numbers, those with a point `Float`s, so that 2 and 2.0 are
 * told apart; lists are arrays.
 */
export type Value =
  | null
  | boolean
  | number
  | string
  | Float
  | Markup
  | readonly Value[]
  | Tuple
  | Dict
  | Range
  | Iter
  | View
  | Namespace
  | Slice
  | Undefined
  | Callable

export class Float {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** Text that is marked as safe: what is joined to it is escaped. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export class Tuple {
  readonly items: readonly Value[]
  constructor(items: readonly Value[]) {
    this.items = items
  }
}

/** A mapping in the order of insertion; keys that are equal in Python are one. */
export class Dict {
  readonly #entries = new Map<string, readonly [Value, Value]>()

  constructor(entries: Iterable<readonly [Value, Value]> = []) {
    for (const [key, value] of entries) this.set(key, value)
  }

  set(key: Value, value: Value): void {
    const id = hash(key)
    this.#entries.set(id, [this.#entries.get(id)?.[0] ?? key, value])
  }

  get(key: Value): Value | undefined {
    return this.#entries.get(hash(key))?.[1]
  }

  has(key: Value): boolean {
    return this.#entries.has(hash(key))
  }

  get size(): number {
    return this.#entries.size
  }

  get entries(): (readonly [Value, Value])[] {
    return [...this.#entries.values()]
  }

  get keys(): Value[] {
    return this.entries.map(([key]) => key)
  }
}

export class Range {
  readonly start: number
  readonly stop: number
  readonly step: number
  constructor(start: number, stop: number, step: number) {
    this.start = start
    this.stop = stop
    this.step = step
  }

  get items(): number[] {
    const length = Math.max(0, Math.ceil((this.stop - this.start) / this.step))
    return Array.from({ length }, (_, i) => this.start + i * this.step)
  }
}

/** A generator of Python: has no length and is read once. */
export class Iter {
  #rest: readonly Value[]
  constructor(items: readonly Value[]) {
    this.#rest = items
  }

  take(): readonly Value[] {
    const items = this.#rest
    this.#rest = []
    return items
  }

  next(): Value | undefined {
    const [first, ...rest] = this.#rest
    this.#rest = rest
    return first
  }
}

/** What `keys()`, `values()` and `items()` give. */
export class View {
  readonly name: string
  readonly items: readonly Value[]
  constructor(name: string, items: readonly Value[]) {
    this.name = name
    this.items = items
  }
}

export class Namespace {
  readonly fields: Dict
  constructor(fields: Dict) {
    this.fields = fields
  }
}

export class Slice {
  readonly parts: readonly [start: Value, stop: Value, step: Value]
  constructor(parts: readonly [Value, Value, Value]) {
    this.parts = parts
  }
}

/** What is not there; most that is done with it is an error. */
export class Undefined {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }

  fail(): never {
    throw new JinjaError(this.reason)
  }
}

export interface Call {
  readonly positional: readonly Value[]
  readonly named: ReadonlyMap<string, Value>
}

export class Callable {
  readonly name: string
  readonly call: (call: Call) => Value
  /** What is read off it by name: a loop's `index`. */
  readonly attributes: ((name: string) => Value | undefined) | null
  constructor(
    name: string,
    call: (call: Call) => Value,
    attributes: ((name: string) => Value | undefined) | null = null,
  ) {
    this.name = name
    this.call = call
    this.attributes = attributes
  }
}

function hash(key: Value): string {
  if (typeof key === 'string') return `s${key}`
  if (typeof key === 'number' || typeof key === 'boolean') return `n${Number(key)}`
  if (key instanceof Float) return `n${key.value}`
  if (key === null) return 'none'
  if (key instanceof Undefined) return 'undefined'
  if (key instanceof Tuple) return `t${JSON.stringify(key.items.map(hash))}`
  throw new JinjaError(`unhashable type: '${typeName(key)}'`)
}

/** JSON, as `json.loads` reads it. */
export function fromJson(value: unknown): Value {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : new Float(value)
  if (Array.isArray(value)) return value.map(fromJson)
  if (typeof value === 'object')
    return new Dict(Object.entries(value).map(([key, inner]) => [key, fromJson(inner)]))
  throw new JinjaError(`expected JSON, got a ${typeof value}`)
}

/** A value that may be missing; None is not. */
export function orElse(value: Value | undefined, otherwise: Value): Value {
  return value === undefined ? otherwise : value
}

/** What Python calls the type of a value. */
export function typeName(value: Value): string {
  if (value === null) return 'NoneType'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return 'int'
  if (typeof value === 'string') return 'str'
  if (value instanceof Float) return 'float'
  if (value instanceof Markup) return 'Markup'
  if (value instanceof Tuple) return 'tuple'
  if (value instanceof Dict) return 'dict'
  if (value instanceof Range) return 'range'
  if (value instanceof Iter) return 'generator'
  if (value instanceof View) return value.name
  if (value instanceof Namespace) return 'Namespace'
  if (value instanceof Slice) return 'slice'
  if (value instanceof Undefined) return 'Undefined'
  if (value instanceof Callable) return 'function'
  return 'list'
}

export function isTrue(value: Value): boolean {
  if (value === null || value instanceof Undefined) return false
  if (value instanceof Float) return value.value !== 0
  if (typeof value === 'object') {
    const length = lengthOf(value)
    return length === null || length > 0
  }
  return Boolean(value)
}

/** `len(value)`; null where Python has none. */
export function lengthOf(value: Value): number | null {
  if (typeof value === 'string') return codePoints(value).length
  if (value instanceof Markup) return codePoints(value.text).length
  if (isList(value)) return value.length
  if (value instanceof Tuple || value instanceof Range || value instanceof View)
    return value.items.length
  if (value instanceof Dict) return value.size
  return value instanceof Undefined ? 0 : null
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}

/** The items that iterating gives. @throws JinjaError for what cannot be iterated */
export function itemsOf(value: Value): readonly Value[] {
  if (typeof value === 'string') return codePoints(value)
  if (isList(value)) return value
  if (value instanceof Tuple || value instanceof Range || value instanceof View) return value.items
  if (value instanceof Dict) return value.keys
  if (value instanceof Iter) return value.take()
  if (value instanceof Undefined) return []
  throw new JinjaError(`'${typeName(value)}' object is not iterable`)
}

/** The number of an int, a bool or a float; null for anything else. */
export function numberOf(value: Value): number | null {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value)
  return value instanceof Float ? value.value : null
}

export function codePoints(text: string): readonly string[] {
  return /[\ud800-\udfff]/.test(text) ? [...text] : text.split('')
}
