import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { editRules } from '../../edit/edit-rules.ts'
import { methods } from '../../method/methods.ts'
import { runCaptured } from '../testing/terminal.ts'

test('lethe methods lists every method', async () => {
  const { code, out, err } = await runCaptured(['methods'])
  expect([code, err]).toEqual([0, ''])
  for (const { id, title } of [...methods.values(), ...editRules.values()])
    expect(out).toMatch(new RegExp(`^${id} +${title.replaceAll(/[()]/g, '\\$&')}$`, 'm'))
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100)
})

test('lethe methods blur explains parts, knobs, settings and defects', async () => {
  const { code, out } = await runCaptured(['methods', 'blur'])
  expect(code).toBe(0)
  expect(out).toMatch(/^blur: Bi-level unlearning \(BLUR\)\n/)
  for (const text of [
    'forgetLoss npo (default)',
    'gamma (combiner bilevel, number > 0, default 1)',
  ])
    expect(out).toContain(text)
  expect(out).toMatch(/\nKnown defects\n {2}- /)
})

test('lethe methods unierase explains an edit: its stage, knobs and defects', async () => {
  const { code, out } = await runCaptured(['methods', 'unierase'])
  expect(code).toBe(0)
  expect(out).toMatch(/^unierase: Unlearning token and weight edit/)
  expect(out).toContain('edit: { id: unierase }')
  expect(out).toContain('preserve (number ≥ 0, default 1)')
  expect(out).toMatch(/\nKnown defects\n {2}- /)
})

test('--json gives the declarations', async () => {
  const all = JSON.parse((await runCaptured(['methods', '--json'])).out)
  expect(all.map(({ id }: { id: string }) => id)).toEqual([...methods.keys(), ...editRules.keys()])
  const one = JSON.parse((await runCaptured(['methods', 'npo', '--json'])).out)
  expect(one).toHaveLength(1)
  expect(one[0]).toMatchObject({ id: 'npo', cost: { reference: 'scores' } })
})

test('an unknown method is refused with a suggestion', async () => {
  expect(await runCaptured(['methods', 'blr'])).toEqual({
    code: 2,
    out: '',
    err: `lethe methods: expected one of ${[...methods.keys()].join(', ')}, got "blr". Did you mean "blur"?\n`,
  })
})

test('--markdown gives docs/methods.md, with every method', async () => {
  const { out } = await runCaptured(['methods', '--markdown'])
  expect(readFileSync(new URL('../../../docs/methods.md', import.meta.url), 'utf8')).toBe(out)
  for (const id of methods.keys()) expect(out).toContain(`| \`${id}\` |`)
})
