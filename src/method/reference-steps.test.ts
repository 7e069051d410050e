import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { combiners } from '../parts/combine/combiners.ts'
import { gramOf } from '../parts/combine/gram.ts'
import type { Loss } from '../parts/loss/loss.ts'
import { evaluateLoss, type LogitsBatch } from '../parts/loss/testing/loss-case.ts'
import { methods } from './methods.ts'
import { type Knobs, resolveMethod } from './resolve.ts'

/** Answer tokens in the order of their sequences. */
interface Answers {
  readonly hidden: number[][]
  readonly labels: number[]
  readonly sequenceOf: number[]
}

interface Golden {
  readonly weight: number[][]
  readonly startWeight: number[][]
  readonly sets: Readonly<Record<'forget' | 'preferred' | 'retain', Answers>>
  readonly cases: readonly {
    readonly settings: { readonly id: string }
    readonly losses: { readonly forget: number; readonly retain: number | null }
    readonly directions: readonly number[][]
  }[]
}

const path = join(import.meta.dirname, '../../test/golden/method-steps.json')
const golden: Golden = JSON.parse(readFileSync(path, 'utf8'))
const width = golden.weight[0].length

/**
 * The rules take any array of numbers. Float64 here, so that what differs is the formula and not the rounding; their
 * signatures say Float32Array because that is what a run has.
 */
const floats = (values: ArrayLike<number>) => Float64Array.from(values) as unknown as Float32Array

/** Logits `hidden · weightᵀ` of answers, weighed as a step that is one micro-batch; the first of each are skipped. */
function batchOf(answers: Answers, weight: ArrayLike<number>, skipped = 0): LogitsBatch {
  const { hidden, labels, sequenceOf } = answers
  const counts = (a: number) => a - sequenceOf.indexOf(sequenceOf[a]) >= skipped
  const counted = labels.filter((_, a) => counts(a)).length
  const sequences = sequenceOf[sequenceOf.length - 1] + 1
  return {
    logits: logitsOf(hidden, weight),
    referenceLogits: logitsOf(hidden, golden.startWeight.flat()),
    labels,
    sequenceOf,
    tokenWeight: labels.map((_, a) => (counts(a) ? 1 / counted : 0)),
    sequenceWeight: Array(sequences).fill(1 / sequences),
  }
}

/** The sequences of a batch beside those with the answers that are preferred to theirs. */
function withPreferred(batch: LogitsBatch, preferred: LogitsBatch): LogitsBatch {
  const sequences = batch.sequenceWeight.length
  const none = <T>(list: readonly T[]) => list.map(() => 0)
  return {
    logits: [...batch.logits, ...preferred.logits],
    referenceLogits: [...batch.referenceLogits, ...preferred.referenceLogits],
    labels: [...batch.labels, ...preferred.labels],
    sequenceOf: [...batch.sequenceOf, ...preferred.sequenceOf.map((b) => sequences + b)],
    tokenWeight: [...batch.tokenWeight, ...none(preferred.labels)],
    sequenceWeight: [...batch.sequenceWeight, ...none(preferred.sequenceWeight)],
    partner: [
      ...batch.sequenceWeight.map((_, b) => sequences + b),
      ...preferred.sequenceWeight.map(() => -1),
    ],
    preferredTokenWeight: [...none(batch.labels), ...preferred.tokenWeight],
  }
}

function logitsOf(hidden: readonly number[][], weight: ArrayLike<number>): number[][] {
  return hidden.map((h) =>
    golden.weight.map((_, v) => h.reduce((sum, x, d) => sum + x * weight[v * width + d], 0)),
  )
}

/** A loss at a weight, and its gradient by it: `∂L/∂W = Σ_a ∂L/∂z_a ⊗ hidden_a`. */
async function lossAt(
  loss: Loss,
  knobs: Knobs,
  group: 'forget' | 'retain',
  weight: ArrayLike<number>,
) {
  const { preferred, [group]: own } = golden.sets
  const paired = group === 'forget' && loss.needs.preferred
  const batch = batchOf(own, weight, loss.skippedTokens?.(knobs))
  const whole = paired ? withPreferred(batch, batchOf(preferred, weight)) : batch
  const hidden = paired ? [...own.hidden, ...preferred.hidden] : own.hidden
  const { value, gradient } = await evaluateLoss(loss, { ...knobs }, whole)
  const byWeight = floats(new Float64Array(golden.weight.length * width))
  for (const [a, h] of hidden.entries())
    for (const [v, slope] of gradient[a].entries())
      for (const [d, x] of h.entries()) byWeight[v * width + d] += slope * x
  return { value, gradient: byWeight }
}

describe.each(golden.cases)('$settings', ({ settings, losses, directions }) => {
  const method = resolveMethod(settings)
  const parts = {
    forget: { loss: method.forgetLoss, knobs: method.forgetKnobs },
    retain: { loss: method.retainLoss, knobs: method.retainKnobs },
  }
  const at = async (group: 'forget' | 'retain', weight: ArrayLike<number>) => {
    const { loss, knobs } = parts[group]
    return loss ? lossAt(loss, knobs, group, weight) : { value: null, gradient: floats([]) }
  }
  const weight = golden.weight.flat()
  const shifted = (by: ArrayLike<number>) => weight.map((w, i) => w + by[i])

  it('has the losses of the reference', async () => {
    for (const group of ['forget', 'retain'] as const) {
      const { value } = await at(group, weight)
      if (value === null) expect(losses[group]).toBeNull()
      else expect(Math.abs(value / Number(losses[group]) - 1)).toBeLessThan(1e-12)
    }
  })

  it('takes the direction of the reference, step by step', async () => {
    const { combiner, combinerKnobs } = method
    const { refinement } = combiner
    const [forget, retain] = [await at('forget', weight), await at('retain', weight)]
    const buffers = new Map<number, Float32Array>()
    const field = {
      weights: floats(weight),
      weightNorm: Math.hypot(...weight),
      async gradientAt(group: 'forget' | 'retain', displacement: Float32Array) {
        const { value, gradient } = await at(group, shifted(displacement))
        return { gradient, loss: value as number }
      },
      memory: () => floats(weight),
      buffer(index: number) {
        const made = buffers.get(index) ?? floats(weight)
        buffers.set(index, made)
        return made
      },
    }
    let state = combiner.init(combinerKnobs)
    for (const expected of directions) {
      const g = { forget: floats(forget.gradient), retain: floats(retain.gradient) }
      if (g.retain.length === 0) g.retain = floats(weight.map(() => 0))
      await refinement?.apply(g, field, combinerKnobs, state)
      const values = { forget: forget.value as number, retain: retain.value ?? 0 }
      const input =
        combiner.gradients === 'fused'
          ? { gram: null, losses: null }
          : { gram: gramOf([g.forget], [g.retain]), losses: values }
      const { forget: a, retain: b, ...next } = combiner.coefficients(input, combinerKnobs, state)
      const largest = Math.max(...expected.map(Math.abs))
      // Refined gradients are differences: right to the square of a small shift.
      const tolerance = refinement ? 1e-6 : 1e-12
      for (const [i, u] of expected.entries())
        expect(Math.abs(a * g.forget[i] + b * g.retain[i] - u)).toBeLessThan(tolerance * largest)
      state = combiner.after?.(values, combinerKnobs, next.state) ?? next.state
    }
  })
})

it('every combiner has a case, or steps worked out by hand in a test of its own', () => {
  const met = golden.cases.map(({ settings }) => resolveMethod(settings).combiner.id)
  const byHand = ['augmented-lagrangian', 'proximal-lagrangian']
  expect([...new Set([...met, ...byHand])].sort()).toEqual([...combiners.keys()].sort())
})

it('every method has a case', () => {
  const met = golden.cases.map(({ settings }) => settings.id)
  expect([...new Set(met)].sort()).toEqual([...methods.keys()].sort())
})
