import assert from 'node:assert/strict'
import type { Node } from '../../../graph/index.ts'
import { gaussian, integer } from '../../../math/random.ts'
import { type Check, partChecks } from '../../testing/part-checks.ts'
import type { Loss, LossContext, LossNeeds } from '../loss.ts'
import { evaluateLoss, heldValue, type LogitsBatch, logitsContext } from './loss-case.ts'

/**
 * What every loss must hold to, with defaults and in each variant: that it says what it is and asks for what it declares,
 * the gradient that central differences give, blindness to the other group, order and micro-batches, and finite numbers
 * where logits are extreme.
 *
 * ```ts
 * for (const { name, check } of lossConformance(mine)) test(name, check)
 * ```
 */
export function lossConformance(loss: Loss): Check[] {
  const forms = [{}, ...(loss.variants ?? []).map((variant) => ({ variant }))]
  return [
    ...partChecks(loss),
    { name: 'asks the context for what it declares to need', check: () => asksAsDeclared(loss) },
    ...forms.flatMap((knobs) => formChecks(loss, knobs)),
    { name: 'adds up over micro-batches of uneven lengths', check: () => addsUp(loss) },
  ]
}

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

function close(got: number[][], expected: number[][], tolerance = 1e-13): void {
  got.flat().forEach((x, i) => {
    const wanted = expected.flat()[i]
    assert.ok(Math.abs(x - wanted) < tolerance, `expected ${wanted}, got ${x}`)
  })
}

function near(got: number, expected: number): void {
  close([[got]], [[expected]], 5e-14)
}

const costly: readonly [keyof LossNeeds, RegExp][] = [
  ['activations', /^activations$/],
  ['logits', /^logits$/],
  ['preferred', /preferred/i],
  ['referenceActivations', /^referenceActivations$/],
  ['referenceDistribution', /^reference(Logits|LogProbs)$/],
  ['referenceLogProb', /^reference(Preferred)?(Sequence)?LogProb$/],
]

function asksAsDeclared(loss: Loss): void {
  const asked = new Set<string>()
  const recording = new Proxy(logitsContext(vocab).context, {
    get(context, name: keyof LossContext) {
      const make = context[name] as number | ((node: Node) => Node)
      if (typeof make === 'number') return make
      return (node: Node) => {
        asked.add(name)
        return make(node)
      }
    },
  })
  loss.build(recording, loss.schema.parse({}))
  const needed = costly.filter(([, names]) => [...asked].some((name) => names.test(name)))
  assert.deepEqual(
    needed.map(([need]) => need),
    Object.keys(loss.needs).sort(),
  )
  const byToken = [...asked].some((name) => /tokenWeight/i.test(name))
  assert.equal(byToken, loss.reduction === 'token-mean')
  assert.equal(asked.has('sequenceWeight'), loss.reduction !== 'token-mean')
}

function formChecks(loss: Loss, knobs: Record<string, string>): Check[] {
  const form = Object.values(knobs)
    .map((variant) => `${variant}: `)
    .join('')
  return [
    {
      name: `${form}has the gradient that central differences give`,
      check: () => differences(loss, knobs),
    },
    {
      name: `${form}does not see sequences of the other group`,
      check: () => seesOwn(loss, knobs),
    },
    {
      name: `${form}is zero, with zero gradient, for a batch of the other group alone`,
      async check() {
        const { value, gradient } = await evaluateLoss(loss, knobs, randomBatch([2, 3], [0, 1]))
        assert.ok(Math.abs(value) < 5e-21)
        assert.ok(gradient.flat().every((x) => x === 0))
      },
    },
    {
      name: `${form}does not depend on the order of sequences`,
      check: () => seesNoOrder(loss, knobs),
    },
    ...[1e4, -1e4].map((extreme) => ({
      name: `${form}is finite, and so is its gradient, for logits of ${extreme}`,
      check: () => staysFinite(loss, knobs, extreme),
    })),
  ]
}

async function differences(loss: Loss, knobs: object): Promise<void> {
  const batch = randomBatch([3, 1, 2])
  const { gradient } = await evaluateLoss(loss, { ...knobs }, batch)
  for (let a = 0; a < batch.logits.length; a++)
    for (let v = 0; v < vocab; v++) {
      const z = batch.logits[a][v]
      const h = Math.cbrt(2 ** -52) * Math.max(1, Math.abs(z))
      const at = async (moved: number) => {
        const logits = batch.logits.map((row) => [...row])
        logits[a][v] = moved
        return heldValue(loss, { ...knobs }, { ...batch, logits }, batch)
      }
      const slope = ((await at(z + h)) - (await at(z - h))) / (2 * h)
      close([[gradient[a][v]]], [[slope]], 1e-8)
    }
}

async function seesOwn(loss: Loss, knobs: object): Promise<void> {
  const batch = randomBatch([3, 1, 4, 2], [1, 2])
  const masked = await evaluateLoss(loss, { ...knobs }, batch)
  const filtered = await evaluateLoss(loss, { ...knobs }, takeSequences(batch, [0, 3]))
  near(masked.value, filtered.value)
  const kept = withPartners(batch, [0, 3]).flatMap((b) => answersOf(batch, b))
  close(
    kept.map((a) => masked.gradient[a]),
    filtered.gradient,
  )
  const rest = [1, 2].flatMap((b) => answersOf(batch, b)).flatMap((a) => masked.gradient[a])
  assert.ok(rest.every((x) => x === 0))
}

async function seesNoOrder(loss: Loss, knobs: object): Promise<void> {
  const batch = randomBatch([3, 1, 4, 2])
  const order = [2, 0, 3, 1]
  const straight = await evaluateLoss(loss, { ...knobs }, batch)
  const permuted = await evaluateLoss(loss, { ...knobs }, takeSequences(batch, order))
  near(permuted.value, straight.value)
  close(
    permuted.gradient,
    withPartners(batch, order)
      .flatMap((b) => answersOf(batch, b))
      .map((a) => straight.gradient[a]),
  )
}

async function staysFinite(loss: Loss, knobs: object, extreme: number): Promise<void> {
  const batch = randomBatch([2, 1])
  batch.logits[0] = batch.logits[0].map((z, v) => (v === batch.labels[0] ? extreme : z))
  batch.logits[2] = batch.logits[2].map((z, v) => (v === 0 ? -extreme : z))
  batch.referenceLogits[1][batch.labels[1]] = -extreme
  const { value, gradient } = await evaluateLoss(loss, { ...knobs }, batch)
  assert.ok(Number.isFinite(value), `value ${value}`)
  assert.ok(gradient.flat().every(Number.isFinite), 'gradient')
}

async function addsUp(loss: Loss): Promise<void> {
  const batch = randomBatch([3, 1, 5, 2])
  const whole = await evaluateLoss(loss, {}, batch)
  let value = 0
  for (const sequences of [[0, 1, 2], [3]]) {
    const part = await evaluateLoss(loss, {}, takeSequences(batch, sequences))
    value += part.value
    close(
      part.gradient,
      withPartners(batch, sequences)
        .flatMap((b) => answersOf(batch, b))
        .map((a) => whole.gradient[a]),
    )
  }
  near(value, whole.value)
}
