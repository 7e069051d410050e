import { describe, expect, it } from 'vitest'
import { UserError } from '../error.ts'
import { editJson, jsonEntries, parseJsonObject } from './json-text.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

const problem = (text: string | Uint8Array) => {
  try {
    parseJsonObject('config.json', typeof text === 'string' ? bytes(text) : text)
  } catch (error) {
    if (error instanceof UserError) return error.problems[0]
  }
  return undefined
}

describe('parseJsonObject', () => {
  it('gives text and value, with or without a byte order mark', () => {
    expect(parseJsonObject('x', bytes('\ufeff{"a": 1.0}'))).toEqual({
      text: '{"a": 1.0}',
      value: { a: 1 },
    })
  })

  it('says what is wrong, and near what', () => {
    expect(problem('{\n  "a": 1,\n  "b": }')).toMatchObject({
      code: 'invalid-json',
      path: 'config.json',
      got: expect.stringContaining('"b": }'),
    })
    expect(problem('')).toMatchObject({ got: 'Unexpected end of JSON input' })
  })

  it('refuses what is not an object, and what is not UTF-8', () => {
    expect(problem('[1]')).toMatchObject({ got: 'a list' })
    expect(problem('null')).toMatchObject({ got: 'null' })
    expect(problem(Uint8Array.of(0x7b, 0xff, 0x7d))).toMatchObject({ code: 'invalid-utf8' })
  })
})

describe('jsonEntries', () => {
  it('finds every key with its value, nested, in lists, repeated', () => {
    const text = '{ "a\\"b" : [ {"x":1}, {"x":"{,"} ], "c":{"d":{}} , "c":-1e-5 }'
    expect(
      jsonEntries(text).map(({ object, key, start, end }) => [object, key, text.slice(start, end)]),
    ).toEqual([
      [0, 'a"b', '[ {"x":1}, {"x":"{,"} ]'],
      [1, 'x', '1'],
      [2, 'x', '"{,"'],
      [0, 'c', '{"d":{}}'],
      [3, 'd', '{}'],
      [0, 'c', '-1e-5'],
    ])
  })

  it('does not overflow the stack on deep nesting', () => {
    const deep = `{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`
    expect(jsonEntries(deep)).toEqual([{ object: 0, key: 'a', start: 5, end: deep.length - 1 }])
  })
})

describe('editJson', () => {
  const text = '{\n  "rope_theta": 10000.0,\n  "n": {"vocab_size": 1},\n  "vocab_size": 32000\n}\n'

  it('changes only what is asked', () => {
    expect(editJson(text, {})).toBe(text)
    expect(editJson(text, { vocab_size: 7 })).toBe(text.replace('32000', '7'))
    expect(editJson(text, { n: [] })).toBe(text.replace('{"vocab_size": 1}', '[]'))
  })

  it('adds new keys at the end', () => {
    expect(editJson(text, { dtype: 'float32', m: 1 })).toBe(
      text.replace('32000\n', '32000,\n  "dtype": "float32",\n  "m": 1\n'),
    )
    expect(editJson('{}', { a: { b: 1 } })).toBe('{\n  "a": {\n    "b": 1\n  }\n}')
  })
})
