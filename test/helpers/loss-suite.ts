import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '../../src/engine/engine.ts'
import { gaussian, integer } from '../../src/math/random.ts'
import { losses } from '../../src/parts/loss/losses.ts'
import { evaluateLoss, type LogitsBatch } from '../../src/parts/loss/testing/loss-case.ts'

const vocab = 33
// The last two sequences hold the answers preferred to those of the first and the third.
const sequenceOf = [0, 0, 0, 1, 2, 2, 3, 4, 4]
const table = (stream: string) =>
  sequenceOf.map((_, a) => Array.from({ length: vocab }, (_, v) => gaussian(6, [stream, a], v)))

const batch: LogitsBatch = {
  logits: table('logits'),
  referenceLogits: table('reference'),
  labels: sequenceOf.map((_, a) => integer(6, ['labels'], a, vocab)),
  sequenceOf,
  tokenWeight: [0.2, 0.2, 0.2, 0, 0.2, 0.2, 0, 0, 0],
  sequenceWeight: [0.5, 0, 0.5, 0, 0],
  partner: [3, -1, 4, -1, -1],
  preferredTokenWeight: [0, 0, 0, 0, 0, 0, 1 / 3, 1 / 3, 1 / 3],
}

const forms = [...losses.values()].flatMap((loss) =>
  [{}, ...(loss.variants ?? []).map((variant) => ({ variant }))].map(
    (knobs) => [loss.id, loss, knobs] as const,
  ),
)

/** Every form of every loss in f32 on an engine. */
export function runLossTests(makeEngine: () => Engine | Promise<Engine>): void {
  let engine: Engine
  beforeAll(async () => {
    engine = await makeEngine()
  })
  afterAll(() => engine.dispose())

  describe.each(forms)('%s %#', (_, loss, knobs) => {
    it('has in f32 the value and gradient of the reference', async () => {
      const exact = await evaluateLoss(loss, knobs, batch)
      const fast = await evaluateLoss(loss, knobs, batch, engine)
      // softplus of very negative numbers keeps its size in f32, not its digits.
      const tolerance = 1e-5 * Math.abs(exact.value) + 1e-7
      expect(Math.abs(fast.value - exact.value)).toBeLessThan(tolerance)
      fast.gradient.flat().forEach((x, i) => {
        expect(Math.abs(x - exact.gradient.flat()[i])).toBeLessThan(1e-6)
      })
    })

    it.each([1e4, -1e4])(
      'stays finite in f32 for logits of %d, and for a batch without weight',
      async (extreme) => {
        const logits = batch.logits.map((row) => [...row])
        logits[0][batch.labels[0]] = extreme
        logits[4][0] = -extreme
        const zero = batch.labels.map(() => 0)
        const none = {
          ...batch,
          tokenWeight: zero,
          preferredTokenWeight: zero,
          sequenceWeight: [0, 0, 0, 0, 0],
        }
        for (const each of [{ ...batch, logits }, none]) {
          const { value, gradient } = await evaluateLoss(loss, knobs, each, engine)
          expect(Number.isFinite(value)).toBe(true)
          expect(gradient.flat().every(Number.isFinite)).toBe(true)
        }
      },
    )
  })
}
