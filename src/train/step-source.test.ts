import { describe, expect, test } from 'vitest'
import type { Example } from '../data/example.ts'
import type { MicroBatch } from './micro-batch.ts'
import type { StepData } from './step.ts'
import { trainingSteps, unlearningSteps } from './step-source.ts'
import { tinyExamples } from './testing/tiny-model.ts'

const forget = tinyExamples(7, 3)
const retain = tinyExamples(9, 4)
/** A number for each answer token. */
const perAnswer = ({ trained }: Example, value: (n: number) => number) =>
  Float32Array.from({ length: trained.reduce((sum, one) => sum + one, 0) }, (_, n) => value(n))
const references = {
  tokens: {
    forget: forget.map((example, i) => perAnswer(example, (n) => -10 - i - n / 100)),
    retain: retain.map((example, i) => perAnswer(example, (n) => -20 - i - n / 100)),
  },
  distribution: null,
  activations: null,
}
const common = { forget, retain, batchSize: 2, accumulate: 1, seed: 5, padToken: 0, references }

async function epochOf(
  source: { stepsPerEpoch: number; at(e: number, s: number): Promise<StepData> },
  epoch = 0,
) {
  return Promise.all(
    Array.from({ length: source.stepsPerEpoch }, (_, step) => source.at(epoch, step)),
  )
}
const members = (parts: readonly MicroBatch[], group: string) =>
  parts.flatMap(({ batch, groups }) => [...batch.examples].filter((_, i) => groups[i] === group))

describe('unlearningSteps', () => {
  test('of separate gradients: every forget example once an epoch, as many retain draws a step', async () => {
    const steps = await epochOf(unlearningSteps({ ...common, separate: true }))
    expect(steps.length).toBe(4)
    const seen = steps.flatMap(({ forget: parts }) => members(parts, 'forget'))
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
    for (const { forget: f, retain: r, together } of steps) {
      expect(together).toEqual([])
      expect(members(r, 'retain').length).toBe(members(f, 'forget').length)
      expect([...members(f, 'retain'), ...members(r, 'forget')]).toEqual([])
    }
  })

  test('fused: the same examples, both groups in one batch', async () => {
    const apart = await epochOf(unlearningSteps({ ...common, separate: true }))
    const fused = await epochOf(unlearningSteps({ ...common, separate: false }))
    for (const [i, { together, forget: f, retain: r }] of fused.entries()) {
      expect([...f, ...r]).toEqual([])
      expect(together.length).toBe(1)
      for (const group of ['forget', 'retain'] as const)
        expect(members(together, group).sort()).toEqual(members(apart[i][group], group).sort())
    }
  })

  test('without a retain set there is only what is to be forgotten', async () => {
    const steps = await epochOf(unlearningSteps({ ...common, retain: null, separate: false }))
    for (const { together } of steps) expect(members(together, 'retain')).toEqual([])
    expect(steps.flatMap(({ together }) => members(together, 'forget')).length).toBe(7)
  })

  test('preferred answers stand beside the answers they are preferred to, in their order', async () => {
    const preferred = tinyExamples(7, 8)
    for (const separate of [true, false])
      for (const { forget: f, together } of await epochOf(
        unlearningSteps({ ...common, preferred, separate, accumulate: 2, batchSize: 1 }),
      ))
        for (const part of [...f, ...together])
          expect(members([part], 'preferred')).toEqual(members([part], 'forget'))
  })

  test('accumulation cuts a step of as many examples into micro-batches', async () => {
    const source = unlearningSteps({ ...common, accumulate: 3, batchSize: 1, separate: true })
    expect(source.stepsPerEpoch).toBe(3)
    const steps = await epochOf(source)
    expect(steps.map(({ forget: parts }) => parts.length).sort()).toEqual([1, 3, 3])
    const seen = steps.flatMap(({ forget: parts }) => members(parts, 'forget'))
    expect(seen.sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  test('each token brings the score of its own', async () => {
    for (const separate of [true, false])
      for (const { forget: f, retain: r, together } of await epochOf(
        unlearningSteps({ ...common, separate }),
      ))
        for (const { batch, groups, referenceLogProb } of [...f, ...r, ...together]) {
          const expected = [...groups.entries()].flatMap(([b, group]) => [
            ...references.tokens[group as 'forget' | 'retain'][batch.examples[b]],
          ])
          expect([...(referenceLogProb ?? [])]).toEqual(expected)
        }
  })

  test('a selection goes with its examples and tokens, and what has no weight is left out', async () => {
    const selection = {
      tokens: { forget: forget.map((example, i) => perAnswer(example, (n) => (i + n) % 2)) },
      examples: {
        forget: Float32Array.of(1, 0, 2, 0, 1, 1, 2),
        retain: new Float32Array(9).fill(1),
      },
    }
    selection.examples.retain.fill(0, 1)
    for (const separate of [true, false]) {
      const steps = await epochOf(unlearningSteps({ ...common, separate, selection }))
      expect(steps.length).toBe(3)
      const parts = steps.flatMap(({ forget: f, retain: r, together }) => [...f, ...r, ...together])
      expect(members(parts, 'forget').sort()).toEqual([0, 2, 4, 5, 6])
      expect(members(parts, 'retain')).toEqual([0, 0, 0, 0, 0])
      for (const { batch, groups, tokenWeights, exampleWeights } of parts) {
        expect([...(exampleWeights ?? [])]).toEqual(
          groups.map((group, b) => selection.examples[group as 'forget'][batch.examples[b]]),
        )
        const expected = groups.flatMap((group, b) =>
          group === 'forget'
            ? [...selection.tokens.forget[batch.examples[b]]]
            : [...perAnswer(retain[batch.examples[b]], () => 1)],
        )
        expect([...(tokenWeights ?? [])]).toEqual(expected)
      }
    }
  })

  test('a step is a function of epoch and step alone, and epochs differ', async () => {
    const one = unlearningSteps({ ...common, separate: true })
    const other = unlearningSteps({ ...common, separate: true })
    const forward = [await one.at(0, 1), await one.at(2, 3), await one.at(1, 0)]
    const backward = [await other.at(1, 0), await other.at(2, 3), await other.at(0, 1)]
    expect(backward.reverse()).toEqual(forward)
    expect(await epochOf(one, 0)).not.toEqual(await epochOf(one, 1))
    const seeded = unlearningSteps({ ...common, seed: 6, separate: true })
    expect(await epochOf(seeded)).not.toEqual(await epochOf(one))
  })
})

test('trainingSteps takes every example once an epoch, as text to learn', async () => {
  const source = trainingSteps({ ...common, examples: retain, accumulate: 2 })
  expect(source.stepsPerEpoch).toBe(3)
  const steps = await epochOf(source)
  expect(steps.flatMap(({ together }) => members(together, 'retain')).sort()).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8,
  ])
  for (const { together } of steps)
    for (const micro of together) expect(micro.referenceLogProb).toBeUndefined()
})
