import { describe, expect, it } from 'vitest'
import { constant } from '../../graph/index.ts'
import { activationDistance } from './activation-distance.ts'
import { ceU } from './ce-u.ts'
import { crossEntropy } from './cross-entropy.ts'
import { fNpo } from './f-npo.ts'
import { gradientAscent } from './gradient-ascent.ts'
import { kl } from './kl.ts'
import type { Loss } from './loss.ts'
import { losses } from './losses.ts'
import { npo } from './npo.ts'
import { rmu } from './rmu.ts'
import { satimp } from './satimp.ts'
import { simnpo } from './simnpo.ts'
import { evaluateLoss, type LogitsBatch, logProbs, sequenceSums } from './testing/loss-case.ts'
import { tokenNpo } from './token-npo.ts'
import { wga } from './wga.ts'

// Toy logits z[b][t][k] = 2 sin(1 + 7b + 3t + 1.7k), z0[b][t][k] = 2 cos(0.5 + 2b + 1.3t + 0.9k); the expected
// figures were worked out from the formulas in float64, apart from this code.
const labels = [
  [-100, -100, 3, 1],
  [-100, 2, 4, 0],
]
const current = (b: number, t: number) =>
  [0, 1, 2, 3, 4].map((k) => 2 * Math.sin(1 + 7 * b + 3 * t + 1.7 * k))
const reference = (b: number, t: number) =>
  [0, 1, 2, 3, 4].map((k) => 2 * Math.cos(0.5 + 2 * b + 1.3 * t + 0.9 * k))

/** Logits at t predict the label at t + 1. */
const answers = [0, 1].flatMap((b) =>
  [0, 1, 2].filter((t) => labels[b][t + 1] !== -100).map((t) => ({ b, t })),
)

const toy: LogitsBatch = {
  logits: answers.map(({ b, t }) => current(b, t)),
  referenceLogits: answers.map(({ b, t }) => reference(b, t)),
  labels: answers.map(({ b, t }) => labels[b][t + 1]),
  sequenceOf: answers.map(({ b }) => b),
  tokenWeight: answers.map(() => 1 / answers.length),
  sequenceWeight: [0.5, 0.5],
}

/** Every position as if it were an answer token. */
const positions = [0, 1].flatMap((b) => [0, 1, 2, 3].map((t) => ({ b, t })))
const everywhere: LogitsBatch = {
  logits: positions.map(({ b, t }) => current(b, t)),
  referenceLogits: positions.map(({ b, t }) => reference(b, t)),
  labels: positions.map(() => 0),
  sequenceOf: positions.map(({ b }) => b),
  tokenWeight: positions.map(() => 1 / 8),
  sequenceWeight: [0.5, 0.5],
}

const lossOf = async (...[loss, knobs, batch]: Parameters<typeof evaluateLoss>) =>
  (await evaluateLoss(loss, knobs, batch)).value

/** Preferred answers on the same logits; after the shift their labels are [[-100, 0, 2], [4, 1, 3]]. */
const preferred = [
  { b: 0, t: 1, label: 0 },
  { b: 0, t: 2, label: 2 },
  { b: 1, t: 0, label: 4 },
  { b: 1, t: 1, label: 1 },
  { b: 1, t: 2, label: 3 },
]
const pairs: LogitsBatch = {
  logits: [...toy.logits, ...preferred.map(({ b, t }) => current(b, t))],
  referenceLogits: [...toy.referenceLogits, ...preferred.map(({ b, t }) => reference(b, t))],
  labels: [...toy.labels, ...preferred.map(({ label }) => label)],
  sequenceOf: [...toy.sequenceOf, ...preferred.map(({ b }) => 2 + b)],
  tokenWeight: [...toy.tokenWeight, 0, 0, 0, 0, 0],
  sequenceWeight: [0.5, 0.5, 0, 0],
  partner: [2, 3, -1, -1],
  preferredTokenWeight: [0, 0, 0, 0, 0, 0.2, 0.2, 0.2, 0.2, 0.2],
}

/** CE-U skips the first answer token of each sequence. */
const skipped = { ...toy, tokenWeight: [0, 1 / 3, 0, 1 / 3, 1 / 3] }

/** Every position where a token of the answer has been read. */
const read = [0, 1].flatMap((b) =>
  [0, 1, 2, 3].filter((t) => labels[b][t] !== -100).map((t) => ({ b, t })),
)
const readLogits = read.map(({ b, t }) => current(b, t))
const readBatch: LogitsBatch = {
  ...toy,
  logits: readLogits,
  referenceLogits: read.map(({ b, t }) => reference(b, t)),
}

/** Every position but the last; where there is no label, released code lowers an entry of the vocabulary that is none of these: 0. */
const predicted = [0, 1].flatMap((b) => [0, 1, 2].map((t) => ({ b, t })))
const predicting: LogitsBatch = {
  logits: predicted.map(({ b, t }) => current(b, t)),
  referenceLogits: predicted.map(({ b, t }) => reference(b, t)),
  labels: predicted.map(({ b, t }) => Math.max(0, labels[b][t + 1])),
  sequenceOf: predicted.map(({ b }) => b),
  tokenWeight: predicted.map(() => 1 / 6),
  sequenceWeight: [0.5, 0.5],
}

type Known = [knobs: Record<string, unknown>, batch: LogitsBatch, value: number, digits?: number]

/** Of each loss at least one value; of a variant too. */
const knownValues: Record<string, readonly Known[]> = {
  'cross-entropy': [[{}, toy, 2.4420672308]],
  ga: [[{}, toy, -2.4420672308]],
  npo: [
    [{ beta: 0.1 }, toy, 14.4462497674],
    [{ beta: 0.1, variant: 'released' }, toy, 14.2591189029],
  ],
  'f-npo': [
    [{ divergence: 'reverse-kl' }, toy, 14.4462497674],
    [{ divergence: 'jensen-shannon' }, toy, 13.3583197886],
    [{ divergence: 'forward-kl' }, toy, 9.9184361488],
    [{ divergence: 'alpha', alpha: 0.5 }, toy, 10.9353744164],
  ],
  'token-npo': [
    [{}, toy, -1.4213077617],
    [{ beta: 0.1, likelyPower: 1 }, toy, -0.2461110101],
  ],
  // As MUSE code has it, where every position is given as an answer.
  'npo-logits': [[{ beta: 0.1 }, everywhere, 13.9289610813]],
  dpo: [[{ beta: 0.1 }, pairs, 16.5530027456]],
  'preferred-nll': [[{}, pairs, 2.682649187]],
  simnpo: [[{}, toy, 3.4314392e-4, 11]],
  wga: [[{}, toy, -0.233401495]],
  satimp: [
    [{ importance: 1 }, toy, -1.8687484e-3, 10],
    [{}, toy, -3.0142105e-3, 10],
  ],
  'ce-u': [[{}, skipped, 1.1069931157]],
  undial: [
    [{}, toy, 2.5996432704],
    [{ variant: 'released' }, predicting, 2.5271390661],
  ],
  margin: [
    [{}, toy, 3.5099477302],
    [{ variant: 'released' }, { ...toy, logits: readLogits }, 3.9430144229],
  ],
  'inverted-hinge': [[{}, toy, 0.6350290521]],
  'level-match': [
    [{}, toy, 0.9583465712],
    [{ beta: 0.5 }, toy, 0.6270236823],
  ],
  'level-keep': [[{}, toy, 1.3872623468]],
  kl: [
    [{}, toy, 1.4632114284],
    [{ variant: 'released' }, everywhere, 1.3412991031],
  ],
  // Activations are the logits. The target is f32 in the graph.
  rmu: [
    [{}, toy, 79.51197481, 5],
    [{ variant: 'released' }, readBatch, 89.21644104, 5],
  ],
  'adaptive-rmu': [[{}, toy, 50.596774585, 5]],
  'activation-match': [
    [{}, toy, 4.7688284894],
    [{ variant: 'released' }, readBatch, 4.5921318591],
  ],
}

describe.each([...losses])('loss %s', (id, loss) => {
  const known = knownValues[id] ?? []

  it('has known values, of each variant too', () => {
    const forms = known.map(([{ variant }]) => variant)
    expect(forms).toEqual(expect.arrayContaining([undefined, ...(loss.variants ?? [])]))
  })

  it.each(known)('%o', async (knobs, batch, value, digits = 9) => {
    expect(await lossOf(loss, knobs, batch)).toBeCloseTo(value, digits)
  })
})

it('negative log-likelihood per sequence, current and starting model, as worked out apart', () => {
  const [s, s0] = [toy.logits, toy.referenceLogits].map((logits) => sequenceSums(logits, toy))
  expect(-s[0]).toBeCloseTo(2.8769111207, 9)
  expect(-s[1]).toBeCloseTo(9.3334250332, 9)
  expect(-s0[0]).toBeCloseTo(6.0099467092, 9)
  expect(-s0[1]).toBeCloseTo(6.9850444776, 9)
})

it('RMU to a target of 0.3 where a token of the answer has been read, as open-unlearning reads', async () => {
  const target = constant(new Float32Array(5).fill(0.3), [5])
  const distance = (released: boolean): Loss => ({
    ...(rmu as unknown as Loss),
    build: (context) => activationDistance(context, context.activations(0), target, released),
  })
  // The target is f32 in the graph.
  expect(await lossOf(distance(false), {}, readBatch)).toBeCloseTo(2.3198769259, 7)
  expect(await lossOf(distance(true), {}, readBatch)).toBeCloseTo(2.4513692785, 7)
})

describe('limits', () => {
  const moved = toy.logits.map((row, a) => row.map((z, k) => z + 0.3 * Math.cos(a + k)))

  it('cross-entropy has the gradient (p − onehot)/N', async () => {
    const { gradient } = await evaluateLoss(crossEntropy, {}, toy)
    toy.logits.forEach((row, a) => {
      logProbs(row).forEach((logP, k) => {
        const onehot = toy.labels[a] === k ? 1 : 0
        expect(gradient[a][k]).toBeCloseTo((Math.exp(logP) - onehot) / 5, 14)
      })
    })
  })

  it('gradient ascent is cross-entropy with the sign turned', async () => {
    const up = await evaluateLoss(gradientAscent, {}, toy)
    const down = await evaluateLoss(crossEntropy, {}, toy)
    expect(up.gradient).toEqual(down.gradient.map((row) => row.map((x) => -x)))
  })

  it.each([{}, { variant: 'released' }])('NPO starts at 2 ln 2/β %o', async (knobs) => {
    const start = { ...toy, referenceLogits: toy.logits }
    for (const beta of [0.05, 0.1, 2])
      expect(await lossOf(npo, { ...knobs, beta }, start)).toBeCloseTo((2 * Math.LN2) / beta, 12)
  })

  it('the gradient of NPO is that of gradient ascent on sequences, for β → 0 and at the start', async () => {
    const perToken = toy.logits.map((row, a) =>
      logProbs(row).map((logP, k) => 0.5 * ((toy.labels[a] === k ? 1 : 0) - Math.exp(logP))),
    )
    const start = { ...toy, referenceLogits: toy.logits }
    for (const [beta, batch, digits] of [
      [1e-7, toy, 6],
      [0.1, start, 14],
    ] as const) {
      const { gradient } = await evaluateLoss(npo, { beta }, batch)
      gradient.flat().forEach((x, i) => {
        expect(x).toBeCloseTo(perToken.flat()[i], digits)
      })
    }
  })

  it('NPO weighs each sequence by 2π^β/(π^β + π0^β)', async () => {
    const beta = 0.7
    const { gradient } = await evaluateLoss(npo, { beta }, toy)
    const s = sequenceSums(toy.logits, toy)
    const s0 = sequenceSums(toy.referenceLogits, toy)
    toy.logits.forEach((row, a) => {
      const b = toy.sequenceOf[a]
      const now = Math.exp(beta * s[b])
      const weight = (2 * now) / (now + Math.exp(beta * s0[b]))
      logProbs(row).forEach((logP, k) => {
        const onehot = toy.labels[a] === k ? 1 : 0
        expect(gradient[a][k]).toBeCloseTo(0.5 * weight * (onehot - Math.exp(logP)), 13)
      })
    })
  })

  it.each([1e4, -1e4])('NPO is β-linear or zero at a log-ratio of %d', async (logRatio) => {
    const batch: LogitsBatch = {
      logits: [[0, logRatio]],
      referenceLogits: [[0, 0]],
      labels: [0],
      sequenceOf: [0],
      tokenWeight: [1],
      sequenceWeight: [1],
    }
    // log p − log p0 = ln 2 − 1e4 or ln 2
    const { value, gradient } = await evaluateLoss(npo, { beta: 0.1 }, batch)
    const ratio = logRatio > 0 ? Math.LN2 - logRatio : Math.LN2
    expect(value).toBeCloseTo(20 * Math.log1p(Math.exp(0.1 * ratio)), 12)
    const swapped = { ...batch, logits: [[0, 0]], referenceLogits: [[0, Math.abs(logRatio)]] }
    expect(await lossOf(npo, { beta: 0.1 }, swapped)).toBeCloseTo(
      2 * (Math.abs(logRatio) - Math.LN2),
      9,
    )
    expect(gradient.flat().every(Number.isFinite)).toBe(true)
  })

  it('the released form of NPO is the formula for one sequence, and below it for several', async () => {
    const one = { ...toy, sequenceWeight: [1, 0] }
    expect(await lossOf(npo, { variant: 'released' }, one)).toBeCloseTo(
      await lossOf(npo, {}, one),
      12,
    )
    expect(await lossOf(npo, { variant: 'released' }, toy)).toBeLessThan(await lossOf(npo, {}, toy))
  })

  it('the divergence is zero, with zero gradient, where the model has not moved, else positive', async () => {
    const still = await evaluateLoss(kl, {}, { ...toy, referenceLogits: toy.logits })
    expect(still.value).toBeCloseTo(0, 14)
    for (const x of still.gradient.flat()) expect(x).toBeCloseTo(0, 14)
    expect(await lossOf(kl, {}, { ...toy, referenceLogits: moved })).toBeGreaterThan(0)
  })

  it('the divergence has the gradient (p − p0)/N', async () => {
    const { gradient } = await evaluateLoss(kl, {}, toy)
    toy.logits.forEach((row, a) => {
      const p0 = logProbs(toy.referenceLogits[a])
      logProbs(row).forEach((logP, k) => {
        expect(gradient[a][k]).toBeCloseTo((Math.exp(logP) - Math.exp(p0[k])) / 5, 14)
      })
    })
  })

  it('is NPO: the divergence reverse-kl, and in the limit the alpha divergence and SimNPO near 0', async () => {
    const npoValue = await lossOf(npo, {}, toy)
    expect(await lossOf(fNpo, { divergence: 'reverse-kl' }, toy)).toBeCloseTo(npoValue, 12)
    // (1 − u^(−α))/α → log u: alpha's link less its constant. A constant in the link only moves β·f′.
    const nearAscent = await evaluateLoss(simnpo, { beta: 1e-6 }, toy)
    const mean = await evaluateLoss(npo, { beta: 1e-6 }, { ...toy, referenceLogits: toy.logits })
    // β → 0 is ascent: of the mean per token for SimNPO, of the sum for NPO.
    toy.sequenceOf.forEach((sequence, a) => {
      const length = toy.sequenceOf.filter((b) => b === sequence).length
      nearAscent.gradient[a].forEach((x, v) => {
        expect(x * length).toBeCloseTo(mean.gradient[a][v], 5)
      })
    })
  })

  it('the links of f-NPO have their published values', async () => {
    // One sequence of one token: u = p/p0; L = −(2/β)·log σ(−β·f′(u)).
    const linkAt = async (u: number, knobs: object) => {
      const [p, p0] = u > 1 ? [0.85, 0.85 / u] : [u * 0.85, 0.85]
      const batch: LogitsBatch = {
        logits: [[Math.log(p / (1 - p)), 0]],
        referenceLogits: [[Math.log(p0 / (1 - p0)), 0]],
        labels: [0],
        sequenceOf: [0],
        tokenWeight: [1],
        sequenceWeight: [1],
      }
      const value = await lossOf(fNpo, { beta: 0.5, ...knobs }, batch)
      return Math.log(Math.expm1(value * 0.25)) / 0.5
    }
    expect(await linkAt(1.7, { divergence: 'jensen-shannon' })).toBeCloseTo(0.230524, 6)
    expect(await linkAt(1.7, { divergence: 'forward-kl' })).toBeCloseTo(-0.588235, 6)
    expect(await linkAt(1.7, { divergence: 'alpha', alpha: 0.5 })).toBeCloseTo(-1.53393, 6)
  })

  it('token-wise NPO weighs as ascent where the model has not moved', async () => {
    const still = { ...toy, referenceLogits: toy.logits }
    expect(await lossOf(tokenNpo, {}, still)).toBeCloseTo(await lossOf(gradientAscent, {}, toy), 12)
    const ofMoved = await evaluateLoss(tokenNpo, { beta: 2 }, toy)
    const ascent = await evaluateLoss(gradientAscent, {}, toy)
    toy.logits.forEach((row, a) => {
      const [p, p0] = [row, toy.referenceLogits[a]].map((z) => Math.exp(logProbs(z)[toy.labels[a]]))
      ofMoved.gradient[a].forEach((x, v) => {
        expect(x).toBeCloseTo(((2 * p ** 2) / (p ** 2 + p0 ** 2)) * ascent.gradient[a][v], 12)
      })
    })
  })

  it('WGA and SatImp are ascent where their powers are 0', async () => {
    const ascent = await lossOf(gradientAscent, {}, toy)
    expect(await lossOf(wga, { beta: 0 }, toy)).toBeCloseTo(ascent, 12)
    expect(await lossOf(satimp, { saturation: 0, importance: 0 }, toy)).toBeCloseTo(ascent, 12)
  })

  it('CE-U has the gradient p − q, which fades with the true token', async () => {
    const { gradient } = await evaluateLoss(ceU, {}, toy)
    toy.logits.forEach((row, a) => {
      const p = logProbs(row).map(Math.exp)
      expect(gradient[a][toy.labels[a]]).toBeCloseTo(p[toy.labels[a]] / 5, 12)
    })
  })
})
