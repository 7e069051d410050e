import type { Expression, MacroNode, Signature, Statement, Target } from './ast.ts'
import { JinjaError } from './jinja-error.ts'
import { tokenize } from './lexer.ts'
import { parseExpression, parseFilter, parseTuple } from './parse-expression.ts'
import { TokenStream } from './token-stream.ts'

/** Tags of jinja2 that templates of one file have no use for. */
const otherTemplates = ['extends', 'block', 'include', 'import', 'from', 'autoescape']

/**
 * A template as statements.
 *
 * @throws JinjaError with its line
 * Source: jinja2 3.1.6, parser.py, ext.py (loopcontrols); transformers, chat_template_utils.py (`generation`).
 */
export function parseTemplate(template: string): Statement[] {
  const stream = new TokenStream(tokenize(template))
  const body = statementsUntil(stream, [])
  if (!stream.is('end')) stream.fail(`unexpected ${stream.shown()}`)
  requireFlat(body)
  return body
}

/** Deepest tree of a template, counted in nodes and lists of nodes. */
const deepestTree = 600

/** Long chains make deep trees too, and reading them takes stack. */
function requireFlat(body: readonly Statement[]): void {
  const left: [node: unknown, depth: number][] = [[body, 0]]
  for (let top = left.pop(); top; top = left.pop()) {
    const [node, depth] = top
    if (typeof node !== 'object' || node === null) continue
    if (depth > deepestTree)
      throw new JinjaError('an expression or a block is too long or too deep')
    for (const inner of Object.values(node)) left.push([inner, depth + 1])
  }
}

/** Statements up to a tag of one of these names, which is current then; up to the end where there are none. */
function statementsUntil(stream: TokenStream, ends: readonly string[]): Statement[] {
  return stream.nested(() => {
    const statements: Statement[] = []
    for (;;) {
      const { type, text, line } = stream.current
      if (type === 'end') {
        if (ends.length === 0) return statements
        stream.fail(`expected ${ends.map((end) => `'${end}'`).join(' or ')}, got the end`)
      } else if (type === 'data') {
        stream.next()
        statements.push({ kind: 'text', text, line })
      } else if (type === 'variableBegin') {
        stream.next()
        statements.push({ kind: 'output', value: parseTuple(stream), line })
        stream.expect('variableEnd')
      } else {
        stream.expect('blockBegin')
        if (stream.is('name', ...ends) && ends.length > 0) return statements
        statements.push(...statement(stream))
        stream.expect('blockEnd')
      }
    }
  })
}

/** The body of a tag, after its head, and the name of the tag that ended it. */
function bodyUntil(stream: TokenStream, ends: readonly string[]): [Statement[], string] {
  stream.skip('operator', ':')
  stream.expect('blockEnd')
  const body = statementsUntil(stream, ends)
  return [body, stream.next().text]
}

function statement(stream: TokenStream): Statement[] {
  const { text: tag, line } = stream.expect('name')
  switch (tag) {
    case 'if':
      return [{ ...ifStatement(stream), line }]
    case 'for':
      return [{ ...forStatement(stream), line }]
    case 'break':
    case 'continue':
      return [{ kind: tag, line }]
    case 'set': {
      const target = parseTarget(stream, null, true)
      if (stream.skip('operator', '='))
        return [{ kind: 'set', target, value: parseTuple(stream), line }]
      const filter = filterChain(stream)
      const [body] = bodyUntil(stream, ['endset'])
      return [{ kind: 'setBlock', target, filter, body, line }]
    }
    case 'macro': {
      const name = stream.expect('name').text
      const signature = parseSignature(stream)
      const [body] = bodyUntil(stream, ['endmacro'])
      return [{ kind: 'macro', macro: { name, ...signature, body }, line }]
    }
    case 'call': {
      const signature = stream.is('operator', '(') ? parseSignature(stream) : { parameters: [] }
      const call = parseExpression(stream)
      if (call.kind !== 'call') stream.fail('expected a call')
      const [body] = bodyUntil(stream, ['endcall'])
      const caller: MacroNode = { name: 'caller', ...signature, body }
      return [{ kind: 'callBlock', call, caller, line }]
    }
    case 'filter': {
      const filter = filterChain(stream, true) as Expression
      const [body] = bodyUntil(stream, ['endfilter'])
      return [{ kind: 'filterBlock', filter, body, line }]
    }
    case 'print': {
      const printed: Statement[] = []
      do printed.push({ kind: 'output', value: parseExpression(stream), line })
      while (stream.skip('operator', ','))
      return printed
    }
    case 'with': {
      const values: [Target, Expression][] = []
      while (!stream.is('blockEnd')) {
        if (values.length > 0) stream.expect('operator', ',')
        const target = parseTarget(stream, null, false)
        stream.expect('operator', '=')
        values.push([target, parseExpression(stream)])
      }
      const [body] = bodyUntil(stream, ['endwith'])
      return [{ kind: 'with', values, body, line }]
    }
    case 'generation': {
      // Marks the assistant's part for training masks; prints its body, in a scope of its own.
      const [body] = bodyUntil(stream, ['endgeneration'])
      return [{ kind: 'with', values: [], body, line }]
    }
  }
  return otherTemplates.includes(tag)
    ? stream.fail(`the tag '${tag}' is not supported`)
    : stream.fail(`unknown tag '${tag}'`)
}

type Unplaced<Kind extends Statement['kind']> = Omit<Extract<Statement, { kind: Kind }>, 'line'>

function ifStatement(stream: TokenStream): Unplaced<'if'> {
  const branches: [Expression, Statement[]][] = []
  for (;;) {
    const test = parseTuple(stream, { allowCondition: false })
    const [body, end] = bodyUntil(stream, ['elif', 'else', 'endif'])
    branches.push([test, body])
    if (end === 'elif') continue
    const otherwise = end === 'else' ? bodyUntil(stream, ['endif'])[0] : []
    return { kind: 'if', branches, otherwise }
  }
}

function forStatement(stream: TokenStream): Unplaced<'for'> {
  const target = parseTarget(stream, 'in', false)
  stream.expect('name', 'in')
  const over = parseTuple(stream, { allowCondition: false, endsAt: ['recursive'] })
  const test = stream.skip('name', 'if') ? parseExpression(stream) : null
  const recursive = stream.skip('name', 'recursive')
  const [body, end] = bodyUntil(stream, ['endfor', 'else'])
  const otherwise = end === 'else' ? bodyUntil(stream, ['endfor'])[0] : []
  return { kind: 'for', target, over, test, recursive, body, otherwise }
}

function parseTarget(stream: TokenStream, until: string | null, allowField: boolean): Target {
  const items: Target[] = []
  let isTuple = false
  for (;;) {
    if (items.length > 0) stream.expect('operator', ',')
    const ends =
      stream.is('blockEnd') ||
      stream.is('operator', ')') ||
      (until !== null && stream.is('name', until))
    if (ends) {
      if (items.length > 0) break
      stream.fail('expected a name to assign to')
    }
    items.push(oneTarget(stream, allowField))
    if (!stream.is('operator', ',')) break
    isTuple = true
  }
  return isTuple ? { kind: 'tuple', items } : items[0]
}

function oneTarget(stream: TokenStream, allowField: boolean): Target {
  if (stream.skip('operator', '(')) {
    const inner = stream.nested(() => parseTarget(stream, null, false))
    stream.expect('operator', ')')
    return inner
  }
  const { text: name } = stream.expect('name')
  if (/^([tT]rue|[fF]alse|[nN]one)$/.test(name)) stream.fail(`can't assign to '${name}'`)
  if (!allowField || !stream.skip('operator', '.')) return { kind: 'name', name }
  return { kind: 'field', space: name, name: stream.expect('name').text }
}

function parseSignature(stream: TokenStream): Signature {
  const parameters: { name: string; fallback: Expression | null }[] = []
  stream.expect('operator', '(')
  while (!stream.is('operator', ')')) {
    if (parameters.length > 0) stream.expect('operator', ',')
    if (stream.is('operator', ')')) stream.fail('expected a parameter')
    const { text: name } = stream.expect('name')
    const fallback = stream.skip('operator', '=') ? parseExpression(stream) : null
    if (fallback === null && parameters.some((earlier) => earlier.fallback))
      stream.fail('a parameter without a default follows one with')
    parameters.push({ name, fallback })
  }
  stream.next()
  return { parameters }
}

/** `a | b(c)` of a filter block, begun without `|`, or after the target of a set block. */
function filterChain(stream: TokenStream, begins = false): Expression | null {
  let node: Expression | null = begins ? parseFilter(stream, null) : null
  while (stream.skip('operator', '|')) node = parseFilter(stream, node)
  return node
}
