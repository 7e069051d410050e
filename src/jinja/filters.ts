import { onlyAttribute } from './attributes.ts'
import { bind } from './bind-arguments.ts'
import type { Filter } from './filter.ts'
import { JinjaError } from './jinja-error.ts'
import { dumps } from './json.ts'
import { listFilters } from './list-filters.ts'
import { negate } from './operators.ts'
import { formatPercent } from './percent-format.ts'
import { escapeHtml, str } from './print.ts'
import { capitalize, center, replaceText, splitLines } from './string-methods.ts'
import {
  codePoints,
  Dict,
  Float,
  isTrue,
  itemsOf,
  lengthOf,
  Markup,
  numberOf,
  orElse,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from './value.ts'
import { pythonSpace, trimEnd, trimStart } from './white-space.ts'

const escaped: Filter = (value) => new Markup(escapeHtml(value))

const length: Filter = (value) => {
  const found = lengthOf(value)
  if (found === null) throw new JinjaError(`object of type '${typeName(value)}' has no len()`)
  return found
}

const fallback: Filter = (value, call) => {
  const given = bind('default', call, ['default_value', 'boolean'])
  const isMissing =
    value instanceof Undefined || (isTrue(given.get('boolean') ?? false) && !isTrue(value))
  return isMissing ? orElse(given.get('default_value'), '') : value
}

const text =
  (change: (text: string) => string): Filter =>
  (value) =>
    change(str(value))

/** Half to even at the given place, as Python rounds. */
function round(value: number, places: number): number {
  const scaled = value * 10 ** places
  const floor = Math.floor(scaled)
  if (scaled - floor === 0.5 && floor / 10 ** places !== value)
    return (floor % 2 === 0 ? floor : floor + 1) / 10 ** places
  return places > 0
    ? Number(value.toFixed(Math.min(places, 100)))
    : Math.round(scaled) / 10 ** places
}

const own: Readonly<Record<string, Filter>> = {
  abs: (value) => {
    const number = numberOf(value)
    return number === null || number >= 0 ? negate(value, 'plus') : negate(value, 'minus')
  },
  attr: (value, call) => onlyAttribute(value, String(bind('attr', call, ['name!']).get('name'))),
  capitalize: text(capitalize),
  center: (value, call) => {
    const width = Number(bind('center', call, ['width']).get('width') ?? 80)
    const missing = Math.min(width, 1_000_000) - codePoints(str(value)).length
    return missing > 0 ? center(str(value), missing) : str(value)
  },
  count: length,
  length,
  d: fallback,
  default: fallback,
  float: (value, call) => {
    const otherwise = orElse(bind('float', call, ['default']).get('default'), new Float(0))
    if (value instanceof Undefined) value.fail()
    const number = numberOf(value) ?? (typeof value === 'string' ? parseFloatText(value) : null)
    return number === null ? otherwise : new Float(number)
  },
  format: (value, call) =>
    formatPercent(
      str(value),
      call.named.size > 0 ? new Dict(call.named) : new Tuple(call.positional),
    ),
  indent: (value, call) => {
    const given = bind('indent', call, ['width', 'first', 'blank'])
    const width = given.get('width') ?? 4
    const by = typeof width === 'string' ? width : ' '.repeat(Math.min(Number(width), 10_000))
    const isBlank = isTrue(given.get('blank') ?? false)
    const [head = '', ...rest] = splitLines(`${str(value)}\n`)
    const lines = rest.map((line) => (line !== '' || isBlank ? by + line : line))
    return (isTrue(given.get('first') ?? false) ? by : '') + [head, ...lines].join('\n')
  },
  int: (value, call) => {
    const given = bind('int', call, ['default', 'base'])
    if (value instanceof Undefined) value.fail()
    if (given.get('base') !== undefined && given.get('base') !== 10)
      throw new JinjaError('int: other bases than 10 are not supported')
    const number = numberOf(value) ?? (typeof value === 'string' ? parseFloatText(value) : null)
    return number === null || !Number.isFinite(number)
      ? orElse(given.get('default'), 0)
      : Math.trunc(number)
  },
  items: (value) => {
    if (value instanceof Undefined) return []
    if (value instanceof Dict) return value.entries.map((entry) => new Tuple(entry))
    throw new JinjaError('Can only get item pairs from a mapping.')
  },
  lower: text((value) => value.toLowerCase()),
  upper: text((value) => value.toUpperCase()),
  replace: (value, call) => {
    const given = bind('replace', call, ['old!', 'new!', 'count'])
    const [old, by] = [str(given.get('old') as Value), str(given.get('new') as Value)]
    return replaceText(str(value), old, by, Number(given.get('count') ?? -1))
  },
  round: (value, call) => {
    const given = bind('round', call, ['precision', 'method'])
    const number = numberOf(value)
    if (number === null) throw new JinjaError(`round: expected a number, got ${typeName(value)}`)
    const places = Number(given.get('precision') ?? 0)
    const method = given.get('method') ?? 'common'
    if (method === 'common')
      return value instanceof Float ? new Float(round(number, places)) : number
    const toward = method === 'ceil' ? Math.ceil : Math.floor
    return new Float(toward(number * 10 ** places) / 10 ** places)
  },
  safe: (value) => new Markup(str(value)),
  string: (value) => (value instanceof Markup ? value : str(value)),
  e: escaped,
  escape: escaped,
  forceescape: (value) => new Markup(escapeHtml(str(value))),
  title: text((value) =>
    value
      .split(new RegExp(`([-${pythonSpace}({\\[<]+)`))
      .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
      .join(''),
  ),
  tojson: (of, call) => {
    const value = of instanceof Markup ? of.text : of
    const given = bind('tojson', call, ['ensure_ascii', 'indent', 'separators', 'sort_keys'])
    const indent = given.get('indent') ?? null
    const separators = given.get('separators') ?? null
    return dumps(value, {
      ensureAscii: isTrue(given.get('ensure_ascii') ?? false),
      indent:
        indent === null
          ? null
          : typeof indent === 'string'
            ? indent
            : ' '.repeat(Math.min(Number(indent), 100)),
      separators:
        separators === null
          ? [indent === null ? ', ' : ',', ': ']
          : (itemsOf(separators).map(str) as [string, string]),
      sortKeys: isTrue(given.get('sort_keys') ?? false),
    })
  },
  trim: (value, call) => {
    const chars = bind('trim', call, ['chars']).get('chars') ?? null
    const cut = chars === null ? undefined : new Set(str(chars))
    const isCut = cut && ((character: string) => cut.has(character))
    return trimEnd(trimStart(str(value), isCut), isCut)
  },
  truncate: (value, call) => {
    const given = bind('truncate', call, ['length', 'killwords', 'end', 'leeway'])
    const most = Number(given.get('length') ?? 255)
    const end = str(given.get('end') ?? '...')
    const characters = codePoints(str(value))
    if (characters.length <= most + Number(given.get('leeway') ?? 5)) return str(value)
    const kept = characters.slice(0, most - codePoints(end).length).join('')
    if (isTrue(given.get('killwords') ?? false)) return kept + end
    const space = kept.lastIndexOf(' ')
    return (space < 0 ? kept : kept.slice(0, space)) + end
  },
  wordcount: (value) => str(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0,
}

/** What may follow `|`. Source: jinja2 3.1.6, filters.py; `tojson`: transformers, chat_template_utils.py. */
export const filters: Readonly<Record<string, Filter>> = { ...own, ...listFilters }

/** Filters that give of text marked as safe what they give of text. */
export const takesMarkup: readonly string[] = [
  ...['safe', 'string', 'e', 'escape', 'forceescape', 'tojson', 'length', 'count', 'default', 'd'],
]

/** Filters of jinja2 that no chat template was seen to use. */
export const otherFilters: readonly string[] = [
  ...['filesizeformat', 'pprint', 'random', 'slice', 'striptags'],
  ...['urlencode', 'urlize', 'wordwrap', 'xmlattr'],
]

function parseFloatText(given: string): number | null {
  const written = given.replace(/(?<=\d)_(?=\d)/g, '').trim()
  if (/^[+-]?(inf|infinity)$/i.test(written)) return written.startsWith('-') ? -Infinity : Infinity
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(written) ? Number(written) : null
}
