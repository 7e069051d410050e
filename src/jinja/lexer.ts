import { JinjaError } from './jinja-error.ts'
import { unescapeString } from './string-literal.ts'
import { pythonSpace, trimEnd } from './white-space.ts'

export type TokenType =
  | 'data'
  | 'blockBegin'
  | 'blockEnd'
  | 'variableBegin'
  | 'variableEnd'
  | 'name'
  | 'string'
  | 'integer'
  | 'float'
  | 'operator'
  | 'end'

export interface Token {
  readonly type: TokenType
  /** Of strings what they mean, else as written. */
  readonly text: string
  readonly line: number
}

const space = `[${pythonSpace}]`
const opening = new RegExp(
  `\\{\\{([-+]?)|\\{%([-+]?)(${space}*raw${space}*(?:-%\\}${space}*|%\\}))?|\\{#([-+]?)`,
  'g',
)
const rawEnd = new RegExp(
  `\\{%([-+]?)${space}*endraw${space}*(?:\\+%\\}|-%\\}${space}*|%\\}\\n?)`,
  'g',
)
const commentEnd = new RegExp(`\\+#\\}|-#\\}${space}*|#\\}\\n?`, 'g')
const blockEnd = new RegExp(`\\+%\\}|-%\\}${space}*|%\\}\\n?`, 'y')
const variableEnd = new RegExp(`-\\}\\}${space}*|\\}\\}`, 'y')
const spaces = new RegExp(`${space}+`, 'y')
const digits = '(?:\\d+_)*\\d+'
const float = new RegExp(`(?<!\\.)${digits}(?:(?:\\.${digits})?e[+-]?${digits}|\\.${digits})`, 'iy')
const integer = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy
const name = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{M}\p{Nd}\p{Pc}_]*/uy
const string = /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y
const operator = /\*\*|\/\/|==|!=|>=|<=|[-+*/%~[\](){}=<>.:|,;]/y
const closes: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/**
 * A template as tokens, as jinja2 makes them with `trim_blocks` and `lstrip_blocks`.
 *
 * @throws JinjaError for tags that do not end and signs that are none
 * Source: jinja2 3.1.6, lexer.py.
 */
export function tokenize(template: string): Token[] {
  const source = template.replace(/\r\n|\r/g, '\n').replace(/\n$/, '')
  const tokens: Token[] = []
  let at = 0
  let line = 1
  /** Whether what comes is at the start of a line, as far as `lstrip_blocks` is concerned. */
  let lineStarts = true
  const advance = (to: number): void => {
    for (let i = at; i < to; i++) if (source[i] === '\n') line++
    if (to > at) lineStarts = source[to - 1] === '\n'
    at = to
  }
  const push = (type: TokenType, text: string): void => {
    tokens.push({ type, text, line })
  }
  /** The text before a tag, without what its sign or `lstrip_blocks` takes away. */
  const data = (text: string, sign: string, isVariable: boolean): void => {
    let kept = text
    if (sign === '-') kept = trimEnd(text)
    else if (sign !== '+' && !isVariable) {
      const start = text.lastIndexOf('\n') + 1
      const isBlank = text.length > start && trimEnd(text.slice(start)) === ''
      if ((start > 0 || lineStarts) && isBlank) kept = text.slice(0, start)
    }
    if (kept !== '') push('data', kept)
  }
  const find = (pattern: RegExp, from: number): RegExpExecArray | null => {
    pattern.lastIndex = from
    return pattern.exec(source)
  }

  while (at < source.length) {
    const tag = find(opening, at)
    if (!tag) {
      push('data', source.slice(at))
      break
    }
    const isVariable = tag[1] !== undefined
    const sign = tag[1] ?? tag[2] ?? tag[4]
    data(source.slice(at, tag.index), sign, isVariable)
    const { length } = tag[0]
    advance(tag.index + length)
    if (tag[4] !== undefined) {
      const end = find(commentEnd, at)
      if (!end) throw new JinjaError('missing end of comment tag', line)
      advance(end.index + end[0].length)
    } else if (tag[3] !== undefined) {
      const end = find(rawEnd, at)
      if (!end) throw new JinjaError('missing end of raw directive', line)
      data(source.slice(at, end.index), end[1], false)
      advance(end.index + end[0].length)
    } else {
      push(isVariable ? 'variableBegin' : 'blockBegin', tag[0])
      insideTag(isVariable)
    }
  }
  push('end', '')
  return tokens

  function insideTag(isVariable: boolean): void {
    const open: string[] = []
    const begun = line
    while (at < source.length) {
      const end = open.length === 0 && find(isVariable ? variableEnd : blockEnd, at)
      if (end) {
        push(isVariable ? 'variableEnd' : 'blockEnd', '')
        advance(at + end[0].length)
        return
      }
      const blank = find(spaces, at)
      if (blank) {
        advance(at + blank[0].length)
        continue
      }
      const [type, text] = inTag()
      push(type, type === 'string' ? unescapeString(text.slice(1, -1)) : text)
      if (type === 'operator') balance(open, text)
      advance(at + text.length)
    }
    throw new JinjaError(`unexpected end of template, in a tag that begins here`, begun)
  }

  function inTag(): [TokenType, string] {
    for (const [type, pattern] of [
      ['float', float],
      ['integer', integer],
      ['name', name],
      ['string', string],
      ['operator', operator],
    ] as const) {
      const found = find(pattern, at)
      if (found) return [type, found[0]]
    }
    throw new JinjaError(`unexpected char ${JSON.stringify(source[at])}`, line)
  }

  function balance(open: string[], sign: string): void {
    if (sign in closes) open.push(closes[sign])
    else if (')]}'.includes(sign)) {
      const expected = open.pop()
      if (expected !== sign)
        throw new JinjaError(
          `unexpected '${sign}'${expected ? `, expected '${expected}'` : ''}`,
          line,
        )
    }
  }
}
