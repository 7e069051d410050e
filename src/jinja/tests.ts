import { JinjaError } from './jinja-error.ts'
import { compare, isSame } from './operators.ts'
import {
  Callable,
  Dict,
  Float,
  Iter,
  lengthOf,
  numberOf,
  typeName,
  Undefined,
  type Value,
  View,
} from './value.ts'

type Test = (value: Value, ...given: readonly Value[]) => boolean

const compared =
  (operator: string): Test =>
  (value, other) =>
    compare(operator, value, other)

const remainder = (value: Value, by: number): number => {
  const number = numberOf(value)
  if (number === null) throw new JinjaError(`expected a number, got ${typeName(value)}`)
  return number - by * Math.floor(number / by)
}

/** Whether iterating is possible. */
const iterable: Test = (value) => lengthOf(value) !== null || value instanceof Iter

/** What may follow `is`. Source: jinja2 3.1.6, tests.py. */
export const tests: Readonly<Record<string, Test>> = {
  odd: (value) => remainder(value, 2) === 1,
  even: (value) => remainder(value, 2) === 0,
  divisibleby: (value, by) => remainder(value, Number(by)) === 0,
  defined: (value) => !(value instanceof Undefined),
  undefined: (value) => value instanceof Undefined,
  none: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  true: (value) => value === true,
  false: (value) => value === false,
  integer: (value) => typeof value === 'number',
  float: (value) => value instanceof Float,
  number: (value) => numberOf(value) !== null,
  string: (value) => typeof value === 'string',
  mapping: (value) => value instanceof Dict,
  sequence: (value) => lengthOf(value) !== null && !(value instanceof View),
  iterable,
  callable: (value) => value instanceof Callable || value instanceof Undefined,
  sameas: (value, other) => isSame(value, other),
  escaped: () => false,
  lower: (value) =>
    typeof value === 'string' && value === value.toLowerCase() && value !== value.toUpperCase(),
  upper: (value) =>
    typeof value === 'string' && value === value.toUpperCase() && value !== value.toLowerCase(),
  in: (value, container) => compare('in', value, container),
  ...Object.fromEntries(
    Object.entries({
      '==': 'eq equalto',
      '!=': 'ne',
      '>': 'gt greaterthan',
      '>=': 'ge',
      '<': 'lt lessthan',
      '<=': 'le',
    }).flatMap(([operator, names]) =>
      [operator, ...names.split(' ')].map((name) => [name, compared(operator)] as const),
    ),
  ),
}
