import { bind } from './bind-arguments.ts'
import { JinjaError } from './jinja-error.ts'
import { repr, str } from './print.ts'
import { type Call, codePoints, itemsOf, Tuple, typeName, type Value } from './value.ts'
import { isSpace, pythonSpace, trimEnd, trimStart } from './white-space.ts'

type Method = (self: string, call: Call) => Value

const text = (method: string, value: Value | undefined): string => {
  if (typeof value === 'string') return value
  throw new JinjaError(
    `${method}: expected a str, got ${value === undefined ? 'nothing' : typeName(value)}`,
  )
}
const whole = (method: string, value: Value): number => {
  if (typeof value === 'number') return value
  throw new JinjaError(`${method}: expected an int, got ${typeName(value)}`)
}

const stripped =
  (name: string, start: boolean, end: boolean): Method =>
  (self, call) => {
    const given = bind(name, call, ['chars']).get('chars') ?? null
    const isCut = given === null ? isSpace : (character: string) => cut.has(character)
    const cut = new Set(given === null ? [] : text(name, given))
    const left = start ? trimStart(self, isCut) : self
    return end ? trimEnd(left, isCut) : left
  }

/** Split at runs of white space, at most `limit` times where it is not negative. */
function splitSpaces(self: string, limit: number, fromEnd: boolean): string[] {
  const parts: string[] = []
  const first = new RegExp(`^([^${pythonSpace}]*)[${pythonSpace}]*`)
  const last = new RegExp(`[${pythonSpace}]*([^${pythonSpace}]*)$`)
  let rest = fromEnd ? trimEnd(self) : trimStart(self)
  while (rest !== '' && parts.length !== limit) {
    const [whole, part] = (fromEnd ? last : first).exec(rest) as RegExpExecArray
    parts.push(part)
    rest = fromEnd ? rest.slice(0, rest.length - whole.length) : rest.slice(whole.length)
  }
  if (rest !== '') parts.push(rest)
  return fromEnd ? parts.reverse() : parts
}

const split =
  (name: string, fromEnd: boolean): Method =>
  (self, call) => {
    const given = bind(name, call, ['sep', 'maxsplit'])
    const separator = given.get('sep') ?? null
    const limit = whole(name, given.get('maxsplit') ?? -1)
    if (separator === null) return splitSpaces(self, limit, fromEnd)
    const by = text(name, separator)
    if (by === '') throw new JinjaError('empty separator')
    const all = self.split(by)
    if (limit < 0 || all.length - 1 <= limit) return all
    return fromEnd
      ? [all.slice(0, all.length - limit).join(by), ...all.slice(all.length - limit)]
      : [...all.slice(0, limit), all.slice(limit).join(by)]
  }

const affix =
  (name: string, matches: (self: string, fix: string) => boolean): Method =>
  (self, call) => {
    const fixes = bind(name, call, ['prefix!']).get('prefix') as Value
    const list = fixes instanceof Tuple ? fixes.items : [fixes]
    return list.some((fix) => matches(self, text(name, fix)))
  }

const found =
  (name: string, last: boolean, required: boolean): Method =>
  (self, call) => {
    const sub = text(name, bind(name, call, ['sub!']).get('sub'))
    const at = last ? self.lastIndexOf(sub) : self.indexOf(sub)
    if (at < 0 && required) throw new JinjaError('substring not found')
    return at < 0 ? -1 : codePoints(self.slice(0, at)).length
  }

/** True for text that is not empty and all of whose characters match. */
const every =
  (pattern: RegExp): Method =>
  (self) =>
    self !== '' && codePoints(self).every((character) => pattern.test(character))

const cased =
  (upper: boolean): Method =>
  (self) => {
    const letters = codePoints(self).filter((c) => c.toLowerCase() !== c.toUpperCase())
    return (
      letters.length > 0 && letters.every((c) => c === (upper ? c.toUpperCase() : c.toLowerCase()))
    )
  }

const padded =
  (name: string, place: (self: string, missing: number, fill: string) => string): Method =>
  (self, call) => {
    const given = bind(name, call, ['width!', 'fillchar'])
    const missing = whole(name, given.get('width') as Value) - codePoints(self).length
    if (missing > 1_000_000) throw new JinjaError(`${name}: too wide`)
    return missing > 0 ? place(self, missing, text(name, given.get('fillchar') ?? ' ')) : self
  }

const parted =
  (name: string, last: boolean): Method =>
  (self, call) => {
    const by = text(name, bind(name, call, ['sep!']).get('sep'))
    const at = last ? self.lastIndexOf(by) : self.indexOf(by)
    if (at < 0) return new Tuple(last ? ['', '', self] : [self, '', ''])
    return new Tuple([self.slice(0, at), by, self.slice(at + by.length)])
  }

export function capitalize(self: string): string {
  const [first = '', ...rest] = self
  return first.toUpperCase() + rest.join('').toLowerCase()
}

export function center(self: string, missing: number, fill = ' '): string {
  // Python puts the odd one left where the width is odd.
  const width = codePoints(self).length + missing
  const left = Math.floor(missing / 2) + (missing & width & 1)
  return fill.repeat(left) + self + fill.repeat(missing - left)
}

const lineEnd = '(?:\\r\\n|[\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029])'
const lineEnds = new RegExp(lineEnd, 'g')
const lines = new RegExp(`[^\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029]*(?:${lineEnd}|$)`, 'g')

export function splitLines(self: string, keepEnds = false): string[] {
  const found = self.match(lines) ?? []
  if (found.at(-1) === '') found.pop()
  return keepEnds ? found : found.map((line) => line.replace(lineEnds, ''))
}

/** `{}`, `{0}`, `{name}` and `{!r}` of `str.format`. */
function format(self: string, call: Call): string {
  let next = 0
  return self.replace(/\{\{|\}\}|\{([^{}]*)\}|[{}]/g, (part, field: string | undefined) => {
    if (part === '{{' || part === '}}') return part[0]
    const [, key, conversion] = /^(\w*)(?:!([rs]))?$/.exec(field ?? '-') ?? []
    if (key === undefined) throw new JinjaError(`format: the field ${part} is not supported`)
    const value =
      key === '' || /^\d+$/.test(key)
        ? call.positional[key === '' ? next++ : Number(key)]
        : call.named.get(key)
    if (value === undefined) throw new JinjaError(`format: no argument for ${part}`)
    return conversion === 'r' ? repr(value) : str(value)
  })
}

export const stringMethods: Readonly<Record<string, Method>> = {
  upper: (self) => self.toUpperCase(),
  lower: (self) => self.toLowerCase(),
  casefold: (self) => self.toLowerCase().replaceAll('ß', 'ss'),
  capitalize,
  title: (self) => self.replace(/\p{L}+/gu, (word) => capitalize(word)),
  swapcase: (self) =>
    codePoints(self)
      .map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()))
      .join(''),
  strip: stripped('strip', true, true),
  lstrip: stripped('lstrip', true, false),
  rstrip: stripped('rstrip', false, true),
  split: split('split', false),
  rsplit: split('rsplit', true),
  splitlines: (self, call) =>
    splitLines(self, Boolean(bind('splitlines', call, ['keepends']).get('keepends') ?? false)),
  join: (self, call) =>
    itemsOf(bind('join', call, ['iterable!']).get('iterable') as Value)
      .map((item) => text('join', item))
      .join(self),
  replace: (self, call) => {
    const given = bind('replace', call, ['old!', 'new!', 'count'])
    const [old, by] = [text('replace', given.get('old')), text('replace', given.get('new'))]
    return replaceText(self, old, by, whole('replace', given.get('count') ?? -1))
  },
  startswith: affix('startswith', (self, fix) => self.startsWith(fix)),
  endswith: affix('endswith', (self, fix) => self.endsWith(fix)),
  removeprefix: (self, call) => {
    const fix = text('removeprefix', bind('removeprefix', call, ['prefix!']).get('prefix'))
    return self.startsWith(fix) ? self.slice(fix.length) : self
  },
  removesuffix: (self, call) => {
    const fix = text('removesuffix', bind('removesuffix', call, ['suffix!']).get('suffix'))
    return fix !== '' && self.endsWith(fix) ? self.slice(0, -fix.length) : self
  },
  find: found('find', false, false),
  rfind: found('rfind', true, false),
  index: found('index', false, true),
  rindex: found('rindex', true, true),
  count: (self, call) => {
    const sub = text('count', bind('count', call, ['sub!']).get('sub'))
    return sub === '' ? codePoints(self).length + 1 : self.split(sub).length - 1
  },
  partition: parted('partition', false),
  rpartition: parted('rpartition', true),
  isdigit: every(/^[\p{Nd}²³¹⁰⁴-⁹₀-₉]$/u),
  isdecimal: every(/^\p{Nd}$/u),
  isnumeric: every(/^\p{N}$/u),
  isalpha: every(/^\p{L}$/u),
  isalnum: every(/^[\p{L}\p{N}]$/u),
  isspace: every(new RegExp(`^[${pythonSpace}]$`)),
  isupper: cased(true),
  islower: cased(false),
  zfill: (self, call) => {
    const width = whole('zfill', bind('zfill', call, ['width!']).get('width') as Value)
    const [, sign, rest] = /^([+-]?)(.*)$/s.exec(self) as RegExpExecArray
    return sign + rest.padStart(Math.min(width, 1_000_000) - sign.length, '0')
  },
  center: padded('center', center),
  ljust: padded('ljust', (self, missing, fill) => self + fill.repeat(missing)),
  rjust: padded('rjust', (self, missing, fill) => fill.repeat(missing) + self),
  format,
}

/** Others that a str of Python has; a template that calls them is refused. */
export const otherStringMethods = [
  'encode',
  'expandtabs',
  'format_map',
  'isascii',
  'isidentifier',
  'isprintable',
  'istitle',
  'maketrans',
  'translate',
]

export function replaceText(self: string, old: string, by: string, count: number): string {
  if (count < 0) return old === '' ? between(self, by, Infinity) : self.replaceAll(old, () => by)
  if (old === '') return between(self, by, count)
  const parts = self.split(old)
  return parts.reduce((made, part, i) => made + (i <= count ? by : old) + part)
}

/** Replacing nothing puts the text before every character and at the end. */
function between(self: string, by: string, count: number): string {
  const characters = codePoints(self)
  const made = characters.map((character, i) => (i < count ? by : '') + character).join('')
  return made + (characters.length < count ? by : '')
}
