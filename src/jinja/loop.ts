import { JinjaError } from './jinja-error.ts'
import { equal } from './operators.ts'
import { Callable, orElse, Undefined, type Value } from './value.ts'

/**
 * The variable `loop` of each iteration.
 *
 * @param again renders the loop over other items, where it is recursive
 */
export function createLoop(
  items: readonly Value[],
  depth: number,
  again: ((value: Value) => string) | null,
): { at(index: number): Callable } {
  const { length } = items
  let changing: readonly Value[] | null = null
  const changed = new Callable('changed', ({ positional }) => {
    const before = changing
    changing = positional
    return (
      before === null ||
      before.length !== positional.length ||
      before.some((value, i) => !equal(value, positional[i]))
    )
  })
  return {
    at(index) {
      const attributes: Readonly<Record<string, Value>> = {
        index: index + 1,
        index0: index,
        revindex: length - index,
        revindex0: length - index - 1,
        first: index === 0,
        last: index === length - 1,
        length,
        depth: depth + 1,
        depth0: depth,
        previtem: orElse(items[index - 1], new Undefined('there is no previous item')),
        nextitem: orElse(items[index + 1], new Undefined('there is no next item')),
        cycle: new Callable('cycle', ({ positional }) => {
          if (positional.length === 0) throw new JinjaError('no items for cycling given')
          return positional[index % positional.length]
        }),
        changed,
      }
      const call = ({ positional }: { positional: readonly Value[] }): Value => {
        if (!again) throw new JinjaError("the loop must have the 'recursive' marker to be called")
        return again(orElse(positional[0], null))
      }
      return new Callable('loop', call, (name) =>
        Object.hasOwn(attributes, name) ? attributes[name] : undefined,
      )
    },
  }
}
