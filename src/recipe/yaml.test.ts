import { describe, expect, test } from 'vitest'
import { UserError } from '../error.ts'
import { loadRecipe } from './load.ts'
import { parseYaml } from './yaml.ts'

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const tooDeep = /lists and mappings at most 64 deep inside each other, got more/

describe('nesting', () => {
  test.each([
    ['brackets', `a: ${'['.repeat(900)}`],
    ['brackets that close', `a: ${nested(5000)}`],
    ['braces', `a: ${'{a: '.repeat(900)}`],
    ['dashes on a line', `${'- '.repeat(900)}x`],
    ['indentation', Array.from({ length: 900 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['question marks', `${'? '.repeat(900)}x`],
    [
      'aliases',
      `a: &a ${nested(30)}\nb: &b ${'['.repeat(30)}*a${']'.repeat(30)}\nc: ${'['.repeat(30)}*b${']'.repeat(30)}`,
    ],
  ])('by %s is refused before it is parsed', (_, text) => {
    expect(() => parseYaml(text, 'r.yaml')).toThrow(tooDeep)
    expect(() => loadRecipe(text, 'r.yaml')).toThrow(tooDeep)
  })

  test('is named by line and column', () => {
    const text = `model: m\nmethod: ${'['.repeat(900)}`
    expect(() => loadRecipe(text, 'r.yaml')).toThrow(/^r\.yaml:2:74: expected lists and mappings/)
  })

  test('in --set is refused too', () => {
    const set = `method.beta=${'['.repeat(900)}`
    expect(() => loadRecipe('model: m', 'r.yaml', [set])).toThrow(/method\.beta: expected lists/)
  })

  test('of 64 levels is read, and brackets in text are none', () => {
    expect(JSON.stringify(parseYaml(nested(64), 'r.yaml'))).toBe(nested(64))
    expect(() => parseYaml(nested(65), 'r.yaml')).toThrow(tooDeep)
    for (const text of [`'${nested(900)}'`, `"${nested(900)}"`, `|\n  ${nested(900)}`])
      expect(parseYaml(text, 'r.yaml')).toContain('[[[')
    expect(parseYaml(`# ${nested(900)}\na: 1`, 'r.yaml')).toEqual({ a: 1 })
  })
})

test('what is no YAML, and an alias in itself, is a UserError', () => {
  for (const text of ['a: [', 'a: &a { b: *a }'])
    expect(() => parseYaml(text, 'r.yaml')).toThrow(UserError)
})
