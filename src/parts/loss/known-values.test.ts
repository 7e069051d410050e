import { describe, expect, it } from 'vitest'
import { constant } from '../../graph/index.ts'
import { activationDistance } from './activation-distance.ts'
import { ceU } from './ce-u.ts'
import { crossEntropy } from './cross-entropy.ts'
import { dpo } from './dpo.ts'
import { fNpo } from './f-npo.ts'
import { gradientAscent } from './gradient-ascent.ts'
import { invertedHinge } from './inverted-hinge.ts'
import { kl } from './kl.ts'
import type { Loss } from './loss.ts'
import { margin } from './margin.ts'
import { npo } from './npo.ts'
import { npoLogits } from './npo-logits.ts'
import { rmu } from './rmu.ts'
import { satimp } from './satimp.ts'
import { simnpo } from './simnpo.ts'
import { evaluateLoss, type LogitsBatch, logProbs, sequenceSums } from './testing/loss-case.ts'
import { tokenNpo } from './token-npo.ts'
import { undial } from './undial.ts'
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

describe('known values', () => {
  it('negative log-likelihood per sequence, current and starting model', () => {
    const [s, s0] = [toy.logits, toy.referenceLogits].map((logits) => sequenceSums(logits, toy))
    expect(-s[0]).toBeCloseTo(2.8769111207, 9)
    expect(-s[1]).toBeCloseTo(9.3334250332, 9)
    expect(-s0[0]).toBeCloseTo(6.0099467092, 9)
    expect(-s0[1]).toBeCloseTo(6.9850444776, 9)
  })

  it('cross-entropy and gradient ascent', async () => {
    expect(await lossOf(crossEntropy, {}, toy)).toBeCloseTo(2.4420672308, 9)
    expect(await lossOf(gradientAscent, {}, toy)).toBeCloseTo(-2.4420672308, 9)
  })

  it('NPO, and the form released with BLUR', async () => {
    expect(await lossOf(npo, { beta: 0.1 }, toy)).toBeCloseTo(14.4462497674, 9)
    const released = { beta: 0.1, variant: 'released' }
    expect(await lossOf(npo, released, toy)).toBeCloseTo(14.2591189029, 9)
  })

  it('DPO, with the preferred answers on the same logits', async () => {
    // After the shift: [[-100, 0, 2], [4, 1, 3]]
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
    }
    expect(await lossOf(dpo, { beta: 0.1 }, pairs)).toBeCloseTo(16.5530027456, 9)
  })

  it('RMU to a target of 0.3, activations the logits where a token of the answer has been read', async () => {
    const read = [0, 1].flatMap((b) =>
      [0, 1, 2, 3].filter((t) => labels[b][t] !== -100).map((t) => ({ b, t })),
    )
    const batch: LogitsBatch = {
      ...toy,
      logits: read.map(({ b, t }) => current(b, t)),
      referenceLogits: read.map(({ b, t }) => reference(b, t)),
    }
    const target = constant(new Float32Array(5).fill(0.3), [5])
    const distance = (released: boolean): Loss => ({
      ...(rmu as unknown as Loss),
      build: (context) => activationDistance(context, context.activations(0), target, released),
    })
    // The target is f32 in the graph.
    expect(await lossOf(distance(false), {}, batch)).toBeCloseTo(2.3198769259, 7)
    expect(await lossOf(distance(true), {}, batch)).toBeCloseTo(2.4513692785, 7)
  })

  it('NPO on raw logits, as MUSE code has it, where every position is given as an answer', async () => {
    expect(await lossOf(npoLogits, { beta: 0.1 }, everywhere)).toBeCloseTo(13.9289610813, 9)
  })

  it('SimNPO', async () => {
    expect(await lossOf(simnpo, {}, toy)).toBeCloseTo(3.4314392e-4, 11)
  })

  it('weighted ascents', async () => {
    expect(await lossOf(wga, {}, toy)).toBeCloseTo(-0.233401495, 9)
    expect(await lossOf(satimp, { importance: 1 }, toy)).toBeCloseTo(-1.8687484e-3, 10)
    expect(await lossOf(satimp, {}, toy)).toBeCloseTo(-3.0142105e-3, 10)
  })

  it('CE-U, the first answer token of each sequence skipped', async () => {
    const skipped = { ...toy, tokenWeight: [0, 1 / 3, 0, 1 / 3, 1 / 3] }
    expect(await lossOf(ceU, {}, skipped)).toBeCloseTo(1.1069931157, 9)
  })

  it('UNDIAL', async () => {
    expect(await lossOf(undial, {}, toy)).toBeCloseTo(2.5996432704, 9)
  })

  it('logit margin, and the released one, masked by the label at the same position', async () => {
    expect(await lossOf(margin, {}, toy)).toBeCloseTo(3.5099477302, 9)
    const read = [0, 1].flatMap((b) =>
      [0, 1, 2, 3].filter((t) => labels[b][t] !== -100).map((t) => ({ b, t })),
    )
    const released = { ...toy, logits: read.map(({ b, t }) => current(b, t)) }
    expect(await lossOf(margin, {}, released)).toBeCloseTo(3.9430144229, 9)
  })

  it('inverted hinge', async () => {
    expect(await lossOf(invertedHinge, {}, toy)).toBeCloseTo(0.6350290521, 9)
  })

  it('divergence at answer positions', async () => {
    expect(await lossOf(kl, {}, toy)).toBeCloseTo(1.4632114284, 9)
  })

  it('divergence over all positions, as released, where every position is given as an answer', async () => {
    expect(await lossOf(kl, {}, everywhere)).toBeCloseTo(1.3412991031, 9)
  })
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
