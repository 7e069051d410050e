import assert from 'node:assert/strict'
import { z } from 'zod'
import { gaussian } from '../../math/random.ts'
import { gramOf } from '../../parts/combine/gram.ts'
import type { Loss } from '../../parts/loss/loss.ts'
import { evaluateLoss, type LogitsBatch } from '../../parts/loss/testing/loss-case.ts'
import type { Check } from '../../parts/testing/part-checks.ts'
import { choiceOf, roles } from '../choice.ts'
import { describeMethod } from '../describe.ts'
import { knobsOf } from '../knobs.ts'
import type { Method } from '../method.ts'
import type { MethodRegistry } from '../methods.ts'
import { type ResolvedMethod, resolveMethod } from '../resolve.ts'
import { methodSchema, methodSchemaFor } from '../schema.ts'

/**
 * What every method must hold to, among the parts of a registry: that settings resolve to themselves, that it offers its
 * variants and published settings, costs what its parts cost, explains every knob, and moves downhill.
 *
 * ```ts
 * const registry = createRegistry({ methods: [...builtIn.methods, mine] })
 * for (const { name, check } of methodConformance('mine', registry)) test(name, check)
 * ```
 */
export function methodConformance(id: string, registry: MethodRegistry): Check[] {
  const method = registry.methods.get(id)
  assert.ok(method, `no method "${id}" in the registry`)
  const given = { method, registry }
  return [
    { name: 'says what it is', check: () => saysWhatItIs(method) },
    ...choicesOf(method).map((settings) => ({
      name: `resolves ${JSON.stringify(settings)}, and its settings resolve to themselves`,
      check: () => resolvesToItself(given, settings),
    })),
    { name: 'offers its variants', check: () => offersVariants(given) },
    { name: 'accepts the published settings it lists', check: () => acceptsPublished(given) },
    {
      name: 'is plain data when described, with every knob explained',
      check: () => describes(method),
    },
    { name: 'has a JSON Schema for editors', check: () => hasJsonSchema(method) },
    { name: 'declares the cost that its parts have', check: () => costs(given) },
    {
      name: 'moves downhill: a small step along its direction lowers what it minimises',
      check: () => movesDownhill(given),
    },
  ]
}

interface Given {
  readonly method: Method
  readonly registry: MethodRegistry
}

/** Every way to choose the parts of a method, as recipe settings. */
function choicesOf(method: Method): ({ id: string } & Record<string, string>)[] {
  return roles.reduce<({ id: string } & Record<string, string>)[]>(
    (settings, role) => {
      const choices = choiceOf(method, role)?.choices ?? []
      if (choices.length < 2) return settings
      return settings.flatMap((each) => choices.map((id) => ({ ...each, [role]: id })))
    },
    [{ id: method.id }],
  )
}

function saysWhatItIs({ id, title, source, summary, defects }: Method): void {
  assert.match(id, /^[a-z]+[0-9]*(-[a-z]+)*$/)
  for (const text of [title, source, summary]) assert.ok(text.length > 5, text)
  for (const text of defects) assert.match(text, /\.$/)
}

function resolvesToItself(
  { method, registry }: Given,
  settings: { id: string } & Record<string, string>,
): void {
  const resolved = resolveMethod(settings, registry)
  assert.equal(resolved.method, method)
  for (const [role, part] of Object.entries(settings))
    if (role !== 'id')
      assert.equal((resolved[role as keyof ResolvedMethod] as { id: string }).id, part)
  assert.deepEqual(resolveMethod(resolved.settings, registry), resolved)
  assert.deepEqual(methodSchemaFor(settings, registry).parse(settings), resolved.settings)
  assert.ok(methodSchema(registry).safeParse(resolved.settings).success)
}

function offersVariants({ method: { id, variants }, registry }: Given): void {
  for (const variant of Object.keys(variants)) {
    const { forgetKnobs, retainKnobs, combinerKnobs } = resolveMethod({ id, variant }, registry)
    const taken = [forgetKnobs, retainKnobs, combinerKnobs].some(
      (knobs) => knobs.variant === variant,
    )
    assert.ok(taken, `no part takes variant ${variant}`)
  }
}

function acceptsPublished({ method: { id, settings }, registry }: Given): void {
  for (const { knobs, source, learningRate } of settings) {
    const resolved = resolveMethod({ id, ...knobs }, registry).settings
    for (const [name, value] of Object.entries(knobs ?? {}))
      assert.deepEqual(resolved[name], value, name)
    assert.ok(source.length > 5)
    if (learningRate !== undefined) assert.ok(learningRate < 1e-3)
  }
}

function describes(method: Method): void {
  const description = describeMethod(method)
  assert.deepEqual(JSON.parse(JSON.stringify(description)), description)
  const names = Object.keys(method.schema.shape).filter((name) => name !== 'id')
  assert.deepEqual(new Set(knobsOf(method).map((knob) => knob.name)), new Set(names))
  for (const knob of description.knobs) {
    assert.ok(knob.description.length > 5, `${knob.name}: ${knob.description}`)
    assert.ok(!knob.type.includes('value'), `${knob.name}: ${knob.type}`)
  }
}

function hasJsonSchema({ schema }: Method): void {
  const json = z.toJSONSchema(schema, { io: 'input' })
  assert.deepEqual(json.required, ['id'])
  assert.equal(json.additionalProperties, false)
  for (const [name, property] of Object.entries(json.properties ?? {}))
    assert.ok((property as { description?: string }).description, name)
}

function costs({ method, registry }: Given): void {
  const { forgetLoss, retainLoss, combiner, cost } = resolveMethod({ id: method.id }, registry)
  assert.deepEqual(method.cost, cost)
  const passes = combiner.gradients === 'fused' ? 1 : 2
  assert.equal(cost.backwardPasses - (combiner.refinement?.backwardPasses ?? 0), passes)
  if ([forgetLoss, retainLoss].some((loss) => loss?.needs.referenceLogProb))
    assert.notEqual(cost.reference, 'none')
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

async function movesDownhill({ method, registry }: Given): Promise<void> {
  const resolved = resolveMethod({ id: method.id }, registry)
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
  const change =
    combiner.gradients === 'separate' ? forget : weights.forget * forget + weights.retain * retain
  assert.ok(change < 0, `expected less than 0, got ${change}`)
}
