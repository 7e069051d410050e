import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { families, needing } from '../../test/helpers/needs.ts'
import { strftime } from '../checkpoint/strftime.ts'
import { JinjaError } from './jinja-error.ts'
import { str } from './print.ts'
import { compileTemplate } from './render.ts'
import { Callable, Float, fromJson, type Value } from './value.ts'

interface Golden {
  data: Record<string, unknown>
  cases: { template: string; text?: string; error?: string }[]
}

const read = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../test/golden/jinja/${file}`, import.meta.url), 'utf8'))
const functions = {
  raise_exception: new Callable('raise_exception', ({ positional }) => {
    throw new JinjaError(str(positional[0]))
  }),
  strftime_now: new Callable('strftime_now', ({ positional }) =>
    strftime(new Date(2024, 6, 5, 9, 3, 1), str(positional[0])),
  ),
}

function rendered(
  template: string,
  data: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, Value>> = {},
): string | JinjaError {
  const values = Object.entries(data).map(([name, value]): [string, Value] => [
    name,
    fromJson(value),
  ])
  try {
    return compileTemplate(template)({ ...functions, ...Object.fromEntries(values), ...more })
  } catch (error) {
    if (error instanceof JinjaError) return error
    throw error
  }
}

describe('what jinja2 writes, and where it raises (reference/make_jinja_goldens.py)', () => {
  const { data, cases }: Golden = read('cases.json')
  test.each(cases)('$template', ({ template, text, error }) => {
    // JSON does not tell 2.0 from 2.
    const got = rendered(template, data, { f: new Float(2) })
    if (text === undefined) expect(got, error).toBeInstanceOf(JinjaError)
    else expect(got).toBe(text)
  })
})

describe('templates of real families, as jinja2 renders them', needing(families), () => {
  const { special, conversations, digests } = read('families.json')
  test.each(Object.keys(digests))('%s', (file) => {
    const template = readFileSync(`${families.folder}/templates/${file}`, 'utf8')
    for (const [key, digest] of Object.entries(digests[file])) {
      const { messages, generate, tools } = conversations[key]
      const variables = { messages, tools, documents: null, add_generation_prompt: generate }
      const got = rendered(template, { ...special, ...variables })
      if (digest === null) expect(got, key).toBeInstanceOf(JinjaError)
      else
        expect(createHash('sha256').update(String(got)).digest('hex').slice(0, 16), key).toBe(
          digest,
        )
    }
  })
})

describe('a template that does not end is refused', () => {
  const nested = (times: number, open: string, close: string, inside = '1') =>
    open.repeat(times) + inside + close.repeat(times)
  test.each([
    [
      'a loop of 10⁹',
      '{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}',
    ],
    ['a longer range than the sandbox allows', '{% for a in range(10 ** 9) %}{% endfor %}'],
    [
      'macros that double thirty times',
      `{% macro m0() %}{% endmacro %}${Array.from({ length: 30 }, (_, i) => `{% macro m${i + 1}() %}{{ m${i}() }}{{ m${i}() }}{% endmacro %}`).join('')}{{ m30() }}`,
    ],
    [
      'text that doubles',
      `{% set ns = namespace(s='ab') %}{% for i in range(40) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}`,
    ],
    ['text that is repeated', "{{ 'ab' * 10 ** 12 }}"],
    ['a list that is repeated', '{{ [1] * 10 ** 12 }}'],
    ['a macro that calls itself', '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}'],
    ['brackets', `{{ ${nested(100_000, '[', ']')} }}`],
    ['parentheses', `{{ ${nested(100_000, '(', ')')} }}`],
    ['signs', `{{ ${'-'.repeat(100_000)}1 }}`],
    ['blocks', nested(100_000, '{% if 1 %}', '{% endif %}')],
    ['conditions', `{{ ${nested(100_000, '1 if 1 else ', '')} }}`],
    ['attributes', `{{ a${'.b'.repeat(100_000)} }}`],
    ['sums', `{{ 1${'+1'.repeat(100_000)} }}`],
    ['filters', `{{ 1${'|string'.repeat(100_000)} }}`],
  ])('%s', (_, template) => {
    expect(rendered(template, {})).toBeInstanceOf(JinjaError)
  })
})
