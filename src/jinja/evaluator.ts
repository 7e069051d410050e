import type { Arguments, Expression } from './ast.ts'
import { getAttribute, getItem } from './attributes.ts'
import type { Budget } from './budget.ts'
import type { FilterContext } from './filter.ts'
import { filters, otherFilters, takesMarkup } from './filters.ts'
import { JinjaError } from './jinja-error.ts'
import { arithmetic, compare, negate } from './operators.ts'
import { str } from './print.ts'
import type { Scope } from './scope.ts'
import { tests } from './tests.ts'
import {
  type Call,
  Callable,
  Dict,
  Float,
  isTrue,
  itemsOf,
  Markup,
  orElse,
  Slice,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from './value.ts'

/** Values of expressions, as jinja2 in transformers' sandbox gives them. Source: jinja2 3.1.6, compiler.py, sandbox.py. */
export class Evaluator implements FilterContext {
  readonly budget: Budget

  constructor(budget: Budget) {
    this.budget = budget
  }

  evaluate(node: Expression, scope: Scope): Value {
    this.budget.spend()
    return this.budget.nested(() => this.#evaluate(node, scope))
  }

  #evaluate(node: Expression, scope: Scope): Value {
    const value = (inner: Expression): Value => this.evaluate(inner, scope)
    switch (node.kind) {
      case 'constant':
        return node.value
      case 'float':
        return new Float(node.value)
      case 'name':
        return orElse(scope.get(node.name), new Undefined(`'${node.name}' is undefined`))
      case 'list':
        return node.items.map(value)
      case 'tuple':
        return new Tuple(node.items.map(value))
      case 'dict':
        return new Dict(node.entries.map(([key, item]) => [value(key), value(item)] as const))
      case 'condition':
        if (isTrue(value(node.test))) return value(node.then)
        return node.otherwise
          ? value(node.otherwise)
          : new Undefined('the inline if-expression evaluated to false and has no else')
      case 'and': {
        const left = value(node.left)
        return isTrue(left) ? value(node.right) : left
      }
      case 'or': {
        const left = value(node.left)
        return isTrue(left) ? left : value(node.right)
      }
      case 'not':
        return !isTrue(value(node.of))
      case 'minus':
      case 'plus':
        return negate(value(node.of), node.kind)
      case 'compare': {
        let left = value(node.first)
        for (const [operator, next] of node.rest) {
          const right = value(next)
          if (!compare(operator, left, right)) return false
          left = right
        }
        return true
      }
      case 'binary':
        return arithmetic(node.operator, value(node.left), value(node.right), this.budget)
      case 'concat': {
        const text = node.items.map((item) => str(value(item))).join('')
        this.budget.spend(text.length)
        return text
      }
      case 'attribute':
        return getAttribute(value(node.of), node.name)
      case 'item':
        return getItem(value(node.of), value(node.key))
      case 'slice': {
        const part = (given: Expression | null): Value => (given ? value(given) : null)
        return new Slice([part(node.start), part(node.stop), part(node.step)])
      }
      case 'call': {
        const called = value(node.of)
        return this.call(called, this.arguments(node.arguments, scope))
      }
      case 'filter': {
        const of = node.of === null ? orElse(scope.get(blockText), '') : value(node.of)
        return this.filter(node.name, of, this.arguments(node.arguments, scope))
      }
      case 'test': {
        // What is not there may be tested too.
        return this.test(node.name, value(node.of), this.arguments(node.arguments, scope))
      }
    }
  }

  call(called: Value, call: Call): Value {
    if (called instanceof Undefined) called.fail()
    if (called instanceof Callable) return called.call(call)
    throw new JinjaError(`'${typeName(called)}' object is not callable`)
  }

  arguments(given: Arguments, scope: Scope): Call {
    const positional = given.positional.map((item) => this.evaluate(item, scope))
    const named = new Map<string, Value>(
      given.named.map(([name, item]) => [name, this.evaluate(item, scope)]),
    )
    if (given.rest) positional.push(...itemsOf(this.evaluate(given.rest, scope)))
    if (given.restNamed) {
      const more = this.evaluate(given.restNamed, scope)
      if (!(more instanceof Dict)) throw new JinjaError('** wants a mapping')
      for (const [name, item] of more.entries) {
        if (named.has(str(name)))
          throw new JinjaError(`multiple values for argument '${str(name)}'`)
        named.set(str(name), item)
      }
    }
    return { positional, named }
  }

  filter(name: string, value: Value, call: Call): Value {
    const filter = Object.hasOwn(filters, name) ? filters[name] : undefined
    if (filter) {
      if (value instanceof Markup && !takesMarkup.includes(name))
        throw new JinjaError(`the filter '${name}' of text marked as safe is not supported`)
      return filter(value, call, this)
    }
    throw new JinjaError(
      otherFilters.includes(name)
        ? `the filter '${name}' is not supported`
        : `No filter named '${name}'.`,
    )
  }

  test(name: string, value: Value, call: Call): boolean {
    if (!Object.hasOwn(tests, name)) {
      if (name === 'filter') return typeof value === 'string' && Object.hasOwn(filters, value)
      if (name === 'test') return typeof value === 'string' && Object.hasOwn(tests, value)
      throw new JinjaError(`No test named '${name}'.`)
    }
    const given = [...call.positional, ...call.named.values()]
    if (given.length < tests[name].length - 1)
      throw new JinjaError(`the test '${name}' wants an argument`)
    return tests[name](value, ...given)
  }
}

/** Under which name a filter block's text is kept; no template can write it. */
export const blockText = ' block'
