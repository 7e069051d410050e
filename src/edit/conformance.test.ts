import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import { hostNumbers } from '../engine/testing/host-numbers.ts'
import { BatchInputs } from '../train/batch-inputs.ts'
import { tinyExamples, tinyModel, tinyStore } from '../train/testing/tiny-model.ts'
import { describeEdit } from './describe-edit.ts'
import type { EditRule } from './edit-rule.ts'
import { editRules } from './edit-rules.ts'

let engine: Engine
beforeAll(async () => {
  engine = await createEngine()
})
afterAll(() => engine.dispose())

/** The last token of the tiny model's vocabulary, which no example has. */
const added = 39

/** A rule with its default knobs on a random model of two layers. */
async function edit(rule: EditRule) {
  const model = tinyModel()
  const { tensors: values } = await tinyStore(model)
  const before = new Map([...values].map(([name, { data }]) => [name, hostNumbers(data).slice()]))
  const rounded = new Set<string>()
  const inputs = new BatchInputs(model)
  const round = async (name: string) => void rounded.add(name)
  const edited = { engine, model, values, inputs, padToken: 0, round }
  const knobs = rule.schema.parse({})
  const needs = rule.needs(knobs)
  const forget = tinyExamples(6, 3, added)
  const refusing = needs.refusals ? tinyExamples(6, 5, added) : []
  const data = { forget, refusing, retain: tinyExamples(12, 4, added) }
  const token = needs.token === undefined ? null : added
  const figures = await rule.edit({ edited, data, knobs, token, progress() {} })
  const changed = [...values].filter(([name, { data }]) => {
    const was = before.get(name)
    return data.length !== was?.length || hostNumbers(data).some((value, i) => value !== was[i])
  })
  return { figures, rounded, values, changed: changed.map(([name]) => name) }
}

describe.each([...editRules])('edit rule %s', (id, rule) => {
  test('is declared in full: every knob has a default, a type in words and a description', () => {
    expect(rule.id).toBe(id)
    expect(rule.schema.parse({})).toBeTypeOf('object')
    for (const { name, type, description } of describeEdit(rule).knobs) {
      expect(type, name).not.toBe('')
      expect(description, name).not.toBe('undefined')
    }
    for (const text of [rule.title, rule.source, rule.formula, rule.summary, rule.caution])
      expect(text).not.toBe('')
    expect(JSON.parse(JSON.stringify(describeEdit(rule)))).toEqual(describeEdit(rule))
  })

  test('changes the model, only in weights that are rounded to what is stored, and keeps shapes', async () => {
    const { rounded, changed, values } = await edit(rule)
    expect(changed.length).toBeGreaterThan(0)
    for (const name of changed) expect(rounded).toContain(name)
    for (const [name, { data, shape }] of values) {
      expect(data, name).toHaveLength(shape.reduce((product, size) => product * size, 1))
      expect(hostNumbers(data).every(Number.isFinite), name).toBe(true)
    }
  })

  test('measures the figures that it names, before and after', async () => {
    const { figures } = await edit(rule)
    for (const moment of ['before', 'after'] as const)
      for (const name of Object.keys(rule.figures))
        expect(figures[moment][name], `${name} ${moment}`).toSatisfy(Number.isFinite)
    expect(figures.after).not.toEqual(figures.before)
  })

  test('the same task gives the same bits', async () => {
    const [one, other] = [await edit(rule), await edit(rule)]
    expect(other.figures).toEqual(one.figures)
    for (const [name, { data }] of one.values) expect(other.values.get(name)?.data).toEqual(data)
  })
})
