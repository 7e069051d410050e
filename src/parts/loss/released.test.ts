import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeBatch } from '../../data/batch.ts'
import type { Example } from '../../data/example.ts'
import { constant } from '../../graph/index.ts'
import { activationDistance } from './activation-distance.ts'
import type { Loss } from './loss.ts'
import { losses } from './losses.ts'
import { rmu } from './rmu.ts'
import { evaluateLoss } from './testing/loss-case.ts'

/** What released code gives on whole padded batches, by another implementation (`reference/make_released_goldens.py`). */
const golden: {
  readonly vocab: number
  readonly lengths: readonly number[]
  readonly prompts: readonly number[]
  readonly strength: number
  readonly values: Readonly<Record<string, number>>
} = JSON.parse(readFileSync('test/golden/released.json', 'utf8'))

const examples = golden.lengths.map(
  (length, index): Example => ({
    index,
    tokens: Int32Array.from({ length }, (_, t) => (11 * index + 7 * t + 3) % golden.vocab),
    trained: Uint8Array.from({ length }, (_, t) => Number(t >= golden.prompts[index])),
    promptLength: golden.prompts[index],
    ...{ prompt: '', answer: '', origin: { file: 'a.jsonl', line: index }, truncatedTokens: 0 },
  }),
)

/** The loss on the rows that a batch of these examples has where the loss looks. */
async function released(loss: Loss): Promise<number> {
  const knobs = loss.schema.parse({ variant: 'released' })
  const at = loss.positions?.(knobs) ?? 'answers'
  const { rows, labels, sequenceOf, seq } = makeBatch(examples, 0, {
    at: examples.map(() => at),
    noLabel: golden.vocab - 100,
  })
  const logitsAt = (value: (b: number, t: number, k: number) => number) =>
    Array.from(rows, (row) =>
      Array.from({ length: golden.vocab }, (_, k) => value(Math.floor(row / seq), row % seq, k)),
    )
  const { value } = await evaluateLoss(
    loss,
    { variant: 'released' },
    {
      logits: logitsAt((b, t, k) => 2 * Math.sin(1 + 7 * b + 3 * t + 1.7 * k)),
      referenceLogits: logitsAt((b, t, k) => 2 * Math.cos(0.5 + 2 * b + 1.3 * t + 0.9 * k)),
      labels: [...labels],
      sequenceOf: [...sequenceOf],
      tokenWeight: Array.from(rows, () => 1 / rows.length),
      sequenceWeight: examples.map(() => 1 / examples.length),
    },
  )
  return value
}

test.each(['kl', 'undial', 'margin', 'activation-match'])(
  '%s is that of released code',
  async (id) => {
    const loss = losses.get(id) as Loss
    expect(Math.abs((await released(loss)) / golden.values[id] - 1)).toBeLessThan(1e-9)
  },
)

test('so is the distance of RMU, to a vector that is no draw', async () => {
  const target = constant(new Float32Array(golden.vocab).fill(0.25), [golden.vocab])
  const distance: Loss = {
    ...(rmu as unknown as Loss),
    build: (context) => activationDistance(context, context.activations(0), target, true),
  }
  expect((await released(distance)) / golden.values['distance to 0.25']).toBeCloseTo(1, 9)
})
