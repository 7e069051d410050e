import type { Arguments, Expression } from './ast.ts'
import type { TokenStream } from './token-stream.ts'

const comparisons = ['==', '!=', '<', '<=', '>', '>=']
const constants: Readonly<Record<string, boolean | null>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
}

/** Expressions with the precedence of jinja2, which is not that of Python. Source: jinja2 3.1.6, parser.py. */
export function parseExpression(stream: TokenStream, allowCondition = true): Expression {
  return stream.nested(() => (allowCondition ? condition(stream) : or(stream)))
}

function condition(stream: TokenStream): Expression {
  let then = or(stream)
  while (stream.skip('name', 'if')) {
    const test = or(stream)
    const otherwise = stream.skip('name', 'else') ? stream.nested(() => condition(stream)) : null
    then = { kind: 'condition', test, then, otherwise }
  }
  return then
}

function or(stream: TokenStream): Expression {
  let left = and(stream)
  while (stream.skip('name', 'or')) left = { kind: 'or', left, right: and(stream) }
  return left
}

function and(stream: TokenStream): Expression {
  let left = not(stream)
  while (stream.skip('name', 'and')) left = { kind: 'and', left, right: not(stream) }
  return left
}

function not(stream: TokenStream): Expression {
  if (stream.skip('name', 'not')) return { kind: 'not', of: stream.nested(() => not(stream)) }
  const first = sum(stream)
  const rest: [string, Expression][] = []
  for (;;) {
    if (stream.is('operator', ...comparisons)) {
      const { text } = stream.next()
      rest.push([text, sum(stream)])
    } else if (stream.skip('name', 'in')) rest.push(['in', sum(stream)])
    else if (
      stream.is('name', 'not') &&
      stream.following.type === 'name' &&
      stream.following.text === 'in'
    ) {
      stream.next()
      stream.next()
      rest.push(['not in', sum(stream)])
    } else return rest.length === 0 ? first : { kind: 'compare', first, rest }
  }
}

/** Left-associative operators of one precedence. */
function chain(
  operators: readonly string[],
  operand: (stream: TokenStream) => Expression,
): (stream: TokenStream) => Expression {
  return (stream) => {
    let left = operand(stream)
    while (stream.is('operator', ...operators)) {
      const { text: operator } = stream.next()
      left = { kind: 'binary', operator, left, right: operand(stream) }
    }
    return left
  }
}

const power = chain(['**'], (stream) => unary(stream))
const product = chain(['*', '/', '//', '%'], power)
const sum = chain(['+', '-'], concat)

function concat(stream: TokenStream): Expression {
  const items = [product(stream)]
  while (stream.skip('operator', '~')) items.push(product(stream))
  return items.length === 1 ? items[0] : { kind: 'concat', items }
}

function unary(stream: TokenStream, withFilter = true): Expression {
  const sign = stream.is('operator', '-', '+') ? stream.next().text : null
  const inner: Expression = sign
    ? {
        kind: sign === '-' ? 'minus' : 'plus',
        of: stream.nested(() => unary(stream, false)),
      }
    : primary(stream)
  const node = postfix(stream, inner)
  return withFilter ? filters(stream, node) : node
}

export function primary(stream: TokenStream): Expression {
  const { type, text, line } = stream.current
  switch (type) {
    case 'name':
      stream.next()
      return Object.hasOwn(constants, text)
        ? { kind: 'constant', value: constants[text] }
        : { kind: 'name', name: text }
    case 'string': {
      let value = ''
      while (stream.is('string')) value += stream.next().text
      return { kind: 'constant', value }
    }
    case 'integer': {
      stream.next()
      const value = Number(text.replaceAll('_', ''))
      if (!Number.isSafeInteger(value)) stream.fail(`the whole number ${text} is too large`)
      return { kind: 'constant', value }
    }
    case 'float':
      stream.next()
      return { kind: 'float', value: Number(text.replaceAll('_', '')) }
    case 'operator':
      if (text === '(') {
        stream.next()
        const inner = parseTuple(stream, { inParentheses: true })
        stream.expect('operator', ')')
        return inner
      }
      if (text === '[') return { kind: 'list', items: commaSeparated(stream, ']', parseExpression) }
      if (text === '{')
        return {
          kind: 'dict',
          entries: commaSeparated(stream, '}', (inner) => {
            const key = parseExpression(inner)
            inner.expect('operator', ':')
            return [key, parseExpression(inner)] as const
          }),
        }
  }
  return stream.fail(`unexpected ${stream.shown()} in line ${line}`)
}

/** Items up to the closing sign; a comma may end them. */
function commaSeparated<Item>(
  stream: TokenStream,
  close: string,
  parse: (stream: TokenStream) => Item,
): Item[] {
  stream.next()
  const items: Item[] = []
  while (!stream.is('operator', close)) {
    if (items.length > 0) stream.expect('operator', ',')
    if (stream.is('operator', close)) break
    items.push(parse(stream))
  }
  stream.expect('operator', close)
  return items
}

/** One expression, or several with commas between. */
export function parseTuple(
  stream: TokenStream,
  options: { inParentheses?: boolean; allowCondition?: boolean; endsAt?: readonly string[] } = {},
): Expression {
  const items: Expression[] = []
  let isTuple = false
  for (;;) {
    if (items.length > 0) stream.expect('operator', ',')
    const ends =
      stream.is('variableEnd') ||
      stream.is('blockEnd') ||
      stream.is('operator', ')') ||
      (options.endsAt !== undefined && stream.is('name', ...options.endsAt))
    if (ends) break
    items.push(parseExpression(stream, options.allowCondition ?? true))
    if (!stream.is('operator', ',')) break
    isTuple = true
  }
  if (isTuple) return { kind: 'tuple', items }
  if (items.length > 0) return items[0]
  if (!options.inParentheses) stream.fail(`expected an expression, got ${stream.shown()}`)
  return { kind: 'tuple', items }
}

export function postfix(stream: TokenStream, start: Expression): Expression {
  let node = start
  for (;;) {
    if (stream.skip('operator', '.')) {
      const key = stream.next()
      if (key.type === 'name') node = { kind: 'attribute', of: node, name: key.text }
      else if (key.type === 'integer')
        node = { kind: 'item', of: node, key: { kind: 'constant', value: Number(key.text) } }
      else stream.fail('expected a name or a number after the dot')
    } else if (stream.is('operator', '[')) {
      const keys = commaSeparated(stream, ']', subscript)
      if (keys.length === 0) stream.fail('expected a key between the brackets')
      node = {
        kind: 'item',
        of: node,
        key: keys.length === 1 ? keys[0] : { kind: 'tuple', items: keys },
      }
    } else if (stream.is('operator', '('))
      node = { kind: 'call', of: node, arguments: parseArguments(stream) }
    else return node
  }
}

function subscript(stream: TokenStream): Expression {
  const parts: (Expression | null)[] = []
  const part = () => (stream.is('operator', ':', ']', ',') ? null : parseExpression(stream))
  const first = part()
  if (!stream.is('operator', ':')) return first ?? stream.fail('expected a key')
  parts.push(first)
  while (parts.length < 3 && stream.skip('operator', ':')) parts.push(part())
  const [start, stop = null, step = null] = parts
  return { kind: 'slice', start, stop, step }
}

export const noArguments: Arguments = { positional: [], named: [], rest: null, restNamed: null }

export function parseArguments(stream: TokenStream): Arguments {
  stream.expect('operator', '(')
  const positional: Expression[] = []
  const named: [string, Expression][] = []
  let rest: Expression | null = null
  let restNamed: Expression | null = null
  let isFirst = true
  while (!stream.is('operator', ')')) {
    if (!isFirst) stream.expect('operator', ',')
    isFirst = false
    if (stream.is('operator', ')')) break
    if (restNamed) stream.fail('nothing may follow ** in a call')
    if (stream.skip('operator', '*')) {
      if (rest) stream.fail('only one * in a call')
      rest = parseExpression(stream)
    } else if (stream.skip('operator', '**')) restNamed = parseExpression(stream)
    else if (
      stream.is('name') &&
      stream.following.type === 'operator' &&
      stream.following.text === '='
    ) {
      const { text } = stream.next()
      stream.next()
      named.push([text, parseExpression(stream)])
    } else {
      if (named.length > 0 || rest) stream.fail('arguments by place come before those by name')
      positional.push(parseExpression(stream))
    }
  }
  stream.expect('operator', ')')
  return { positional, named, rest, restNamed }
}

/** Filters, tests and calls after an operand. */
function filters(stream: TokenStream, start: Expression): Expression {
  let node = start
  for (;;) {
    if (stream.skip('operator', '|')) node = parseFilter(stream, node)
    else if (stream.is('name', 'is')) node = parseTest(stream, node)
    else if (stream.is('operator', '('))
      node = { kind: 'call', of: node, arguments: parseArguments(stream) }
    else return node
  }
}

/** One filter, after its `|`. */
export function parseFilter(stream: TokenStream, of: Expression | null): Expression {
  const name = dottedName(stream)
  const args = stream.is('operator', '(') ? parseArguments(stream) : noArguments
  return { kind: 'filter', of, name, arguments: args }
}

function parseTest(stream: TokenStream, of: Expression): Expression {
  stream.next()
  const isNot = stream.skip('name', 'not')
  const name = dottedName(stream)
  let args = noArguments
  if (stream.is('operator', '(')) args = parseArguments(stream)
  else if (
    (['name', 'string', 'integer', 'float'] as const).some((type) => stream.is(type)) ||
    stream.is('operator', '[', '{')
  ) {
    if (!stream.is('name', 'else', 'or', 'and')) {
      if (stream.is('name', 'is')) stream.fail('tests cannot be chained with is')
      args = { ...noArguments, positional: [postfix(stream, primary(stream))] }
    }
  }
  const test: Expression = { kind: 'test', of, name, arguments: args }
  return isNot ? { kind: 'not', of: test } : test
}

function dottedName(stream: TokenStream): string {
  let name = stream.expect('name').text
  while (stream.skip('operator', '.')) name += `.${stream.expect('name').text}`
  return name
}
