import type { Expression, MacroNode, Statement, Target } from './ast.ts'
import { Budget } from './budget.ts'
import { blockText, Evaluator } from './evaluator.ts'
import { globals } from './globals.ts'
import { JinjaError } from './jinja-error.ts'
import { createLoop } from './loop.ts'
import { parseTemplate } from './parse-template.ts'
import { str } from './print.ts'
import { Scope } from './scope.ts'
import {
  type Call,
  Callable,
  Dict,
  isTrue,
  itemsOf,
  Namespace,
  orElse,
  Tuple,
  Undefined,
  type Value,
} from './value.ts'

/** How a body ended. */
type End = 'break' | 'continue' | null

/**
 * A template of jinja2, as transformers sets it up for chats (sandboxed, `trim_blocks`, `lstrip_blocks`, loop controls).
 *
 * A rendering is the text that jinja2 3.1.6 writes, or an error: what is not supported (templates in several files,
 * escaping, a dozen filters) is refused, never left out. Whole numbers end at 2⁵³.
 *
 * @param source the template
 * @returns variables by name → text
 * @throws JinjaError for a template that is not valid, one that refuses what it is given or uses what is not supported,
 *   and one that takes more than five million steps
 */
export function compileTemplate(
  source: string,
): (variables: Readonly<Record<string, Value>>) => string {
  const body = parseTemplate(source)
  return (variables) => {
    const renderer = new Renderer()
    const scope = new Scope()
    for (const [name, value] of Object.entries({ ...globals(renderer.budget), ...variables }))
      scope.set(name, value)
    const written: string[] = []
    renderer.run(body, new Scope(scope), written)
    return written.join('')
  }
}

class Renderer {
  readonly budget = new Budget()
  readonly #evaluator = new Evaluator(this.budget)

  run(statements: readonly Statement[], scope: Scope, out: string[]): End {
    for (const statement of statements) {
      this.budget.spend()
      const end = this.budget.nested(() =>
        this.#placed(statement, () => this.#statement(statement, scope, out)),
      )
      if (end) return end
    }
    return null
  }

  /** Errors get the line of the innermost statement. */
  #placed<Result>({ line }: Statement, work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof JinjaError) || error.isPlaced) throw error
      throw new JinjaError(error.message, line)
    }
  }

  #statement(node: Statement, scope: Scope, out: string[]): End {
    const value = (inner: Expression): Value => this.#evaluator.evaluate(inner, scope)
    switch (node.kind) {
      case 'text':
        this.#write(node.text, out)
        return null
      case 'output':
        this.#write(str(value(node.value)), out)
        return null
      case 'if': {
        const taken = node.branches.find(([test]) => isTrue(value(test)))
        return this.run(taken ? taken[1] : node.otherwise, scope, out)
      }
      case 'for':
        this.#loop(node, value(node.over), scope, out, 0)
        return null
      case 'break':
      case 'continue':
        return node.kind
      case 'set':
        this.#assign(node.target, value(node.value), scope)
        return null
      case 'setBlock': {
        const text = this.#captured(node.body, scope)
        this.#assign(node.target, this.#filtered(node.filter, text, scope), scope)
        return null
      }
      case 'macro':
        scope.set(node.macro.name, this.#macro(node.macro, scope))
        return null
      case 'callBlock': {
        if (node.call.kind !== 'call') throw new JinjaError('expected a call')
        const called = value(node.call.of)
        const { positional, named } = this.#evaluator.arguments(node.call.arguments, scope)
        const caller = this.#macro(node.caller, scope)
        const given = { positional, named: new Map([...named, ['caller', caller] as const]) }
        this.#write(str(this.#evaluator.call(called, given)), out)
        return null
      }
      case 'filterBlock': {
        const text = this.#captured(node.body, scope)
        this.#write(str(this.#filtered(node.filter, text, scope)), out)
        return null
      }
      case 'with': {
        const inner = new Scope(scope)
        for (const [target, given] of node.values) this.#assign(target, value(given), inner)
        return this.run(node.body, inner, out)
      }
    }
  }

  #write(text: string, out: string[]): void {
    this.budget.spend(text.length)
    if (text !== '') out.push(text)
  }

  #captured(body: readonly Statement[], scope: Scope): string {
    const written: string[] = []
    this.run(body, new Scope(scope), written)
    return written.join('')
  }

  #filtered(filter: Expression | null, text: string, scope: Scope): Value {
    if (filter === null) return text
    const inner = new Scope(scope)
    inner.set(blockText, text)
    return this.#evaluator.evaluate(filter, inner)
  }

  #loop(
    node: Extract<Statement, { kind: 'for' }>,
    over: Value,
    scope: Scope,
    out: string[],
    depth: number,
  ): void {
    const { target, test, recursive, body, otherwise } = node
    const inner = (item: Value): Scope => {
      const made = new Scope(scope)
      this.#assign(target, item, made)
      return made
    }
    const all = itemsOf(over)
    const items = test
      ? all.filter((item) => isTrue(this.#evaluator.evaluate(test, inner(item))))
      : all
    if (items.length === 0) {
      this.run(otherwise, new Scope(scope), out)
      return
    }
    const again = recursive
      ? (value: Value): string =>
          this.budget.nested(() => {
            const written: string[] = []
            this.#loop(node, value, scope, written, depth + 1)
            return written.join('')
          })
      : null
    const loop = createLoop(items, depth, again)
    for (const [index, item] of items.entries()) {
      const names = inner(item)
      names.set('loop', loop.at(index))
      if (this.run(body, names, out) === 'break') return
    }
  }

  #assign(target: Target, value: Value, scope: Scope): void {
    if (target.kind === 'name') scope.set(target.name, value)
    else if (target.kind === 'field') {
      const space = scope.get(target.space)
      if (!(space instanceof Namespace))
        throw new JinjaError('cannot assign attribute on non-namespace object')
      if (target.name.startsWith('_'))
        throw new JinjaError('namespaces hold no names that begin with an underscore')
      space.fields.set(target.name, value)
    } else {
      const items = itemsOf(value)
      if (items.length !== target.items.length)
        throw new JinjaError(
          `${items.length > target.items.length ? 'too many' : 'not enough'} values to unpack (expected ${target.items.length}, got ${items.length})`,
        )
      for (const [i, inner] of target.items.entries()) this.#assign(inner, items[i], scope)
    }
  }

  #macro(node: MacroNode, scope: Scope): Callable {
    const uses = (name: string) => JSON.stringify(node.body).includes(`"name":"${name}"`)
    const catches = { positional: uses('varargs'), named: uses('kwargs'), caller: uses('caller') }
    const call = ({ positional, named }: Call): string =>
      this.budget.nested(() => {
        const inner = new Scope(scope)
        const rest = new Map(named)
        for (const [i, { name, fallback }] of node.parameters.entries()) {
          const given = i < positional.length ? positional[i] : rest.get(name)
          if (i < positional.length && rest.has(name))
            throw new JinjaError(`macro '${node.name}' got multiple values for argument '${name}'`)
          rest.delete(name)
          const missing = new Undefined(`parameter '${name}' was not provided`)
          inner.set(
            name,
            given === undefined
              ? fallback
                ? this.#evaluator.evaluate(fallback, inner)
                : missing
              : given,
          )
        }
        if (catches.caller)
          inner.set('caller', orElse(rest.get('caller'), new Undefined('No caller defined')))
        if (catches.caller) rest.delete('caller')
        const extra = positional.slice(node.parameters.length)
        if (catches.named) inner.set('kwargs', new Dict(rest))
        else if (rest.size > 0)
          throw new JinjaError(
            `macro '${node.name}' takes no keyword argument '${[...rest.keys()][0]}'`,
          )
        if (catches.positional) inner.set('varargs', new Tuple(extra))
        else if (extra.length > 0)
          throw new JinjaError(
            `macro '${node.name}' takes not more than ${node.parameters.length} argument(s)`,
          )
        const written: string[] = []
        this.run(node.body, inner, written)
        return written.join('')
      })
    return new Callable(node.name, call)
  }
}
