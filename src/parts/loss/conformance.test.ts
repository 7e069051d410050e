import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Node } from '../../graph/index.ts'
import { gaussian, integer } from '../../math/random.ts'
import type { Loss, LossContext, LossNeeds } from './loss.ts'
import { losses } from './losses.ts'
import { evaluateLoss, heldValue, type LogitsBatch, logitsContext } from './testing/loss-case.ts'

const vocab = 7

/**
 * Sequences of the given lengths with random logits; those of `others` belong to another group and weigh nothing. After
 * them, for each of the group, a sequence of one token more or less with the preferred answer.
 */
function randomBatch(given: readonly number[], others: readonly number[] = []): LogitsBatch {
  const pairs = given.flatMap((_, b) => (others.includes(b) ? [] : [b]))
  const partner = given.map((_, b) => (pairs.includes(b) ? given.length + pairs.indexOf(b) : -1))
  const lengths = [...given, ...pairs.map((b) => given[b] + (given[b] === 3 ? -1 : 1))]
  const sequenceOf = lengths.flatMap((length, b) => Array<number>(length).fill(b))
  const table = (stream: string) =>
    sequenceOf.map((b, a) =>
      Array.from({ length: vocab }, (_, v) => 2 * gaussian(3, [stream, b], a * vocab + v)),
    )
  const inGroup = lengths.map((_, b) => pairs.includes(b))
  const preferred = sequenceOf.filter((b) => b >= given.length).length
  const sequences = inGroup.filter(Boolean).length
  const answers = sequenceOf.filter((b) => inGroup[b]).length
  return {
    logits: table('logits'),
    referenceLogits: table('reference'),
    labels: sequenceOf.map((_, a) => integer(3, ['labels'], a, vocab)),
    sequenceOf,
    tokenWeight: sequenceOf.map((b) => (inGroup[b] ? 1 / answers : 0)),
    sequenceWeight: inGroup.map((member) => (member ? 1 / sequences : 0)),
    partner: [...partner, ...pairs.map(() => -1)],
    preferredTokenWeight: sequenceOf.map((b) => (b >= given.length ? 1 / preferred : 0)),
  }
}

/** The given sequences and the partners they have. */
function withPartners({ partner = [] }: LogitsBatch, sequences: readonly number[]): number[] {
  return [...sequences, ...sequences.map((b) => partner[b]).filter((b) => b >= 0)]
}

/** The same batch with only the given sequences and their partners, in that order; weights are kept as they are. */
function takeSequences(batch: LogitsBatch, given: readonly number[]): LogitsBatch {
  const sequences = withPartners(batch, given)
  const partner = batch.partner ?? []
  const answers = sequences.flatMap((b) => answersOf(batch, b))
  const pick = <T>(list: readonly T[]) => answers.map((a) => list[a])
  return {
    logits: pick(batch.logits),
    referenceLogits: pick(batch.referenceLogits),
    labels: pick(batch.labels),
    sequenceOf: pick(batch.sequenceOf).map((b) => sequences.indexOf(b)),
    tokenWeight: pick(batch.tokenWeight),
    sequenceWeight: sequences.map((b) => batch.sequenceWeight[b]),
    partner: sequences.map((b) => (partner[b] < 0 ? -1 : sequences.indexOf(partner[b]))),
    preferredTokenWeight: pick(batch.preferredTokenWeight ?? []),
  }
}

function answersOf({ sequenceOf }: LogitsBatch, sequence: number): number[] {
  return sequenceOf.flatMap((b, a) => (b === sequence ? [a] : []))
}

function expectClose(got: number[][], expected: number[][], tolerance = 1e-13) {
  got.flat().forEach((x, i) => {
    expect(Math.abs(x - expected.flat()[i])).toBeLessThan(tolerance)
  })
}

describe.each([...losses])('loss %s', (id, loss: Loss) => {
  it('says what it is', () => {
    expect(loss.id).toBe(id)
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/)
    for (const text of [loss.title, loss.source, loss.formula])
      expect(text.length).toBeGreaterThan(5)
  })

  it('describes every knob and refuses others', () => {
    for (const knob of Object.values(loss.schema.shape)) {
      expect(knob.description).toBeTruthy()
      expect(knob.safeParse(undefined).success).toBe(true)
    }
    expect(loss.schema.safeParse({ nonsense: 1 }).success).toBe(false)
    expect('variant' in loss.schema.shape).toBe(loss.variants !== undefined)
    expect(loss.schema.safeParse({ variant: 'nonsense' }).success).toBe(false)
  })

  it('asks the context for what it declares to need, and for no more', () => {
    const asked = new Set<string>()
    const { context } = logitsContext(vocab)
    const recording = Object.fromEntries(
      Object.entries(context).map(([name, make]) => [
        name,
        typeof make === 'number'
          ? make
          : (node: Node) => {
              asked.add(name)
              return make(node)
            },
      ]),
    )
    loss.build(recording as unknown as LossContext, loss.schema.parse({}))
    const costly: [keyof LossNeeds, RegExp][] = [
      ['activations', /^activations$/],
      ['logits', /^logits$/],
      ['preferred', /preferred/i],
      ['referenceActivations', /^referenceActivations$/],
      ['referenceDistribution', /^reference(Logits|LogProbs)$/],
      ['referenceLogProb', /^reference(Preferred)?(Sequence)?LogProb$/],
    ]
    const needed = costly.filter(([, names]) => [...asked].some((name) => names.test(name)))
    expect(needed.map(([need]) => need)).toEqual(Object.keys(loss.needs).sort())
    expect([...asked].some((name) => /tokenWeight/i.test(name))).toBe(
      loss.reduction === 'token-mean',
    )
    expect(asked.has('sequenceWeight')).toBe(loss.reduction !== 'token-mean')
  })
})

const forms = [...losses.values()].flatMap((loss) =>
  [{}, ...(loss.variants ?? []).map((variant) => ({ variant }))].map(
    (knobs): [string, Loss, Record<string, string>] => [
      Object.values({ id: loss.id, ...knobs }).join(', '),
      loss,
      knobs,
    ],
  ),
)

describe.each(forms)('%s', (_, loss, knobs) => {
  it('has the gradient that central differences give', async () => {
    const batch = randomBatch([3, 1, 2])
    const { gradient } = await evaluateLoss(loss, knobs, batch)
    for (let a = 0; a < batch.logits.length; a++)
      for (let v = 0; v < vocab; v++) {
        const h = Math.cbrt(2 ** -52) * Math.max(1, Math.abs(batch.logits[a][v]))
        const at = async (z: number) => {
          const logits = batch.logits.map((row) => [...row])
          logits[a][v] = z
          return heldValue(loss, knobs, { ...batch, logits }, batch)
        }
        const z = batch.logits[a][v]
        const slope = ((await at(z + h)) - (await at(z - h))) / (2 * h)
        expect(Math.abs(gradient[a][v] - slope)).toBeLessThan(1e-8)
      }
  })

  it('does not see sequences of the other group', async () => {
    const batch = randomBatch([3, 1, 4, 2], [1, 2])
    const masked = await evaluateLoss(loss, knobs, batch)
    const filtered = await evaluateLoss(loss, knobs, takeSequences(batch, [0, 3]))
    expect(masked.value).toBeCloseTo(filtered.value, 13)
    const kept = withPartners(batch, [0, 3]).flatMap((b) => answersOf(batch, b))
    expectClose(
      kept.map((a) => masked.gradient[a]),
      filtered.gradient,
    )
    const rest = [1, 2].flatMap((b) => answersOf(batch, b)).flatMap((a) => masked.gradient[a])
    expect(rest.every((x) => x === 0)).toBe(true)
  })

  it('is zero, with zero gradient, for a batch of the other group alone', async () => {
    const { value, gradient } = await evaluateLoss(loss, knobs, randomBatch([2, 3], [0, 1]))
    expect(value).toBeCloseTo(0, 20)
    expect(gradient.flat().every((x) => x === 0)).toBe(true)
  })

  it('does not depend on the order of sequences', async () => {
    const batch = randomBatch([3, 1, 4, 2])
    const order = [2, 0, 3, 1]
    const straight = await evaluateLoss(loss, knobs, batch)
    const permuted = await evaluateLoss(loss, knobs, takeSequences(batch, order))
    expect(permuted.value).toBeCloseTo(straight.value, 13)
    expectClose(
      permuted.gradient,
      withPartners(batch, order)
        .flatMap((b) => answersOf(batch, b))
        .map((a) => straight.gradient[a]),
    )
  })

  it.each([1e4, -1e4])('is finite, and so is its gradient, for logits of %d', async (extreme) => {
    const batch = randomBatch([2, 1])
    batch.logits[0] = batch.logits[0].map((z, v) => (v === batch.labels[0] ? extreme : z))
    batch.logits[2] = batch.logits[2].map((z, v) => (v === 0 ? -extreme : z))
    batch.referenceLogits[1][batch.labels[1]] = -extreme
    const { value, gradient } = await evaluateLoss(loss, knobs, batch)
    expect(Number.isFinite(value)).toBe(true)
    expect(gradient.flat().every(Number.isFinite)).toBe(true)
  })
})

describe.each([...losses])('%s', (_, loss: Loss) => {
  it('adds up over micro-batches of uneven lengths', async () => {
    const batch = randomBatch([3, 1, 5, 2])
    const whole = await evaluateLoss(loss, {}, batch)
    const parts = [[0, 1, 2], [3]]
    let value = 0
    for (const sequences of parts) {
      const part = await evaluateLoss(loss, {}, takeSequences(batch, sequences))
      value += part.value
      expectClose(
        part.gradient,
        withPartners(batch, sequences)
          .flatMap((b) => answersOf(batch, b))
          .map((a) => whole.gradient[a]),
      )
    }
    expect(value).toBeCloseTo(whole.value, 13)
  })
})

it('every file that declares a loss is in the map', async () => {
  const files = readdirSync(import.meta.dirname).filter((file) => /^[a-z-]+\.ts$/.test(file))
  for (const file of files)
    for (const value of Object.values(await import(/* @vite-ignore */ `./${file}`)))
      if (value && typeof value === 'object' && 'reduction' in value)
        expect([...losses.values()]).toContain(value)
})
