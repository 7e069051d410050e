import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { gaussian } from '../math/random.ts'
import { gramOf } from '../parts/combine/gram.ts'
import type { Loss } from '../parts/loss/loss.ts'
import { evaluateLoss, type LogitsBatch } from '../parts/loss/testing/loss-case.ts'
import { choiceOf, roles } from './choice.ts'
import { describeMethod } from './describe.ts'
import { knobsOf } from './knobs.ts'
import type { Method } from './method.ts'
import { declaredMethods, methods } from './methods.ts'
import { type ResolvedMethod, resolveMethod } from './resolve.ts'
import { methodSchema, methodSchemaFor } from './schema.ts'

/** Every way to choose the parts of a method, as recipe settings. */
function choicesOf(method: Method): Record<string, string>[] {
  return roles.reduce<Record<string, string>[]>(
    (settings, role) => {
      const choices = choiceOf(method, role)?.choices ?? []
      if (choices.length < 2) return settings
      return settings.flatMap((each) => choices.map((id) => ({ ...each, [role]: id })))
    },
    [{ id: method.id }],
  )
}

function toyBatch(stream: string): LogitsBatch {
  const table = (name: string) =>
    [0, 1, 2].map((a) => [0, 1, 2, 3].map((v) => gaussian(5, [stream, name, a], v)))
  return {
    logits: table('logits'),
    referenceLogits: table('reference'),
    labels: [0, 3, 1],
    sequenceOf: [0, 0, 1],
    tokenWeight: [1 / 3, 1 / 3, 1 / 3],
    sequenceWeight: [0.5, 0.5],
  }
}

describe.each([...methods])('method %s', (id, method: Method) => {
  it('says what it is', () => {
    expect(method.id).toBe(id)
    expect(id).toMatch(/^[a-z]+[0-9]*(-[a-z]+)*$/)
    for (const text of [method.title, method.source, method.summary])
      expect(text.length).toBeGreaterThan(5)
    for (const text of method.defects) expect(text).toMatch(/\.$/)
  })

  it.each(choicesOf(method))('resolves %o, and its settings resolve to themselves', (settings) => {
    const resolved = resolveMethod(settings)
    expect(resolved.method).toBe(method)
    for (const [role, part] of Object.entries(settings))
      if (role !== 'id') expect(resolved[role as keyof ResolvedMethod]).toMatchObject({ id: part })
    expect(resolveMethod(resolved.settings)).toEqual(resolved)
    expect(methodSchemaFor(settings).parse(settings)).toEqual(resolved.settings)
    expect(methodSchema().safeParse(resolved.settings).success).toBe(true)
  })

  it('offers its variants', () => {
    for (const variant of Object.keys(method.variants)) {
      const { forgetKnobs, retainKnobs, combinerKnobs } = resolveMethod({ id, variant })
      const taken = [forgetKnobs, retainKnobs, combinerKnobs].filter(
        (knobs) => knobs.variant === variant,
      )
      expect(taken.length).toBeGreaterThan(0)
    }
  })

  it('accepts the published settings it lists', () => {
    for (const { knobs, source, learningRate } of method.settings) {
      expect(resolveMethod({ id, ...knobs }).settings).toMatchObject(knobs ?? {})
      expect(source.length).toBeGreaterThan(5)
      expect(learningRate).toBeLessThan(1e-3)
    }
  })

  it('is plain data when described, with every knob explained', () => {
    const description = describeMethod(method)
    expect(JSON.parse(JSON.stringify(description))).toEqual(description)
    const names = Object.keys(method.schema.shape).filter((name) => name !== 'id')
    expect(new Set(knobsOf(method).map((knob) => knob.name))).toEqual(new Set(names))
    for (const knob of description.knobs) {
      expect(knob.description.length).toBeGreaterThan(5)
      expect(knob.type).not.toContain('value')
    }
  })

  it('has a JSON Schema for editors', () => {
    const json = z.toJSONSchema(method.schema, { io: 'input' })
    expect(json.required).toEqual(['id'])
    expect(json.additionalProperties).toBe(false)
    for (const property of Object.values(json.properties ?? {}))
      expect(property).toHaveProperty('description')
  })

  it('declares the cost that its parts have', () => {
    const { forgetLoss, retainLoss, combiner, cost } = resolveMethod({ id })
    expect(method.cost).toEqual(cost)
    const passes = combiner.gradients === 'fused' ? 1 : 2
    expect(cost.backwardPasses - (combiner.refinement?.backwardPasses ?? 0)).toBe(passes)
    const scored = [forgetLoss, retainLoss].some((loss) => loss?.needs.referenceLogProb)
    if (scored) expect(cost.reference).not.toBe('none')
  })

  it('moves downhill: a small step along its direction lowers what it minimises', async () => {
    const resolved = resolveMethod({ id })
    const { forgetLoss, forgetKnobs, retainLoss, retainKnobs, combiner, combinerKnobs } = resolved
    // One set of logits for both groups, so that their gradients meet.
    const batch = toyBatch('both')
    const other = { ...batch, labels: [2, 1, 1] }
    const at = async (loss: Loss, knobs: object, data: LogitsBatch, logits: number[][]) =>
      evaluateLoss(loss, { ...knobs }, { ...data, logits })
    const f = await at(forgetLoss, forgetKnobs, batch, batch.logits)
    const r = retainLoss && (await at(retainLoss, retainKnobs, other, batch.logits))
    const flat = (gradient: number[][] | undefined) =>
      Float32Array.from(gradient?.flat() ?? new Array(12).fill(0))
    const input = {
      gram: gramOf([flat(f.gradient)], [flat(r?.gradient)]),
      losses: { forget: f.value, retain: r?.value ?? 0 },
    }
    const weights = combiner.coefficients(input, combinerKnobs, combiner.init(combinerKnobs))
    const moved = batch.logits.map((row, a) =>
      row.map((z, v) => {
        const u = weights.forget * f.gradient[a][v] + weights.retain * (r?.gradient[a][v] ?? 0)
        return z - 1e-4 * u
      }),
    )
    const forget = (await at(forgetLoss, forgetKnobs, batch, moved)).value - f.value
    const retain = retainLoss
      ? (await at(retainLoss, retainKnobs, other, moved)).value - (r?.value ?? 0)
      : 0
    // A separate combiner puts forgetting first; a fused one lowers its weighted sum.
    if (combiner.gradients === 'separate') expect(forget).toBeLessThan(0)
    else expect(weights.forget * forget + weights.retain * retain).toBeLessThan(0)
  })
})

it('every file that declares a method is in the map', async () => {
  const files = readdirSync(import.meta.dirname).filter((file) => /^[a-z0-9-]+\.ts$/.test(file))
  for (const file of files)
    for (const value of Object.values(await import(/* @vite-ignore */ `./${file}`)))
      if (value && typeof value === 'object' && 'combiner' in value && 'defects' in value)
        expect(declaredMethods).toContain(value)
})
