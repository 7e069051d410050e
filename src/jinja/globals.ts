import type { Budget } from './budget.ts'
import { JinjaError } from './jinja-error.ts'
import { str } from './print.ts'
import { type Call, Callable, Dict, itemsOf, Namespace, Range, type Value } from './value.ts'

/** The longest range that jinja2's sandbox makes. */
const longestRange = 100_000

/** What every template can call. */
export function globals(budget: Budget): Readonly<Record<string, Value>> {
  return {
    range: new Callable('range', ({ positional }) => {
      const numbers = positional.map((value) => {
        if (typeof value !== 'number') throw new JinjaError('range: expected whole numbers')
        return value
      })
      if (numbers.length < 1 || numbers.length > 3)
        throw new JinjaError('range: expected 1 to 3 numbers')
      const [start, stop, step = 1] = numbers.length === 1 ? [0, numbers[0]] : numbers
      if (step === 0) throw new JinjaError('range() arg 3 must not be zero')
      const length = Math.max(0, Math.ceil((stop - start) / step))
      if (length > longestRange)
        throw new JinjaError(`range: ${length} items, more than ${longestRange}`)
      budget.spend(length)
      return new Range(start, stop, step)
    }),
    dict: new Callable('dict', dictOf),
    namespace: new Callable('namespace', (call) => {
      const fields = dictOf(call)
      if (fields.keys.some((name) => str(name).startsWith('_')))
        throw new JinjaError('namespaces hold no names that begin with an underscore')
      return new Namespace(fields)
    }),
    joiner: new Callable('joiner', ({ positional, named }) => {
      const separator = str(positional[0] ?? named.get('sep') ?? ', ')
      let used = false
      return new Callable('joiner', () => {
        const text = used ? separator : ''
        used = true
        return text
      })
    }),
    cycler: new Callable('cycler', ({ positional }) => {
      if (positional.length === 0) throw new JinjaError('at least one item has to be provided')
      let at = 0
      const next = new Callable('next', () => positional[at++ % positional.length])
      const reset = new Callable('reset', () => {
        at = 0
        return null
      })
      return new Callable('cycler', next.call, (name) => {
        if (name === 'current') return positional[at % positional.length]
        return name === 'next' ? next : name === 'reset' ? reset : undefined
      })
    }),
    lipsum: new Callable('lipsum', () => {
      throw new JinjaError('lipsum is not supported')
    }),
  }
}

function dictOf({ positional, named }: Call): Dict {
  if (positional.length > 1) throw new JinjaError('dict expected at most 1 argument')
  const made = new Dict()
  const [from] = positional
  if (from instanceof Dict) for (const [key, value] of from.entries) made.set(key, value)
  else if (from !== undefined)
    for (const pair of itemsOf(from)) {
      const [key, value, ...more] = itemsOf(pair)
      if (value === undefined || more.length > 0) throw new JinjaError('dict: expected pairs')
      made.set(key, value)
    }
  for (const [key, value] of named) made.set(key, value)
  return made
}
