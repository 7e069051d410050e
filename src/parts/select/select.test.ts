import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { gaussian } from '../../math/random.ts'
import { adaptiveValueAtRisk } from './adaptive-value-at-risk.ts'
import { criticalNgrams } from './critical-ngrams.ts'
import { criticalTokens } from './critical-tokens.ts'
import { fillGaps, standingOut } from './fill-gaps.ts'
import { gradientSubspace } from './gradient-subspace.ts'
import { guard } from './guard.ts'
import { ngramProbability } from './ngram.ts'
import type {
  ExampleSelector,
  GradientProbe,
  SelectorState,
  TokenInput,
  TokenSelector,
} from './selector.ts'
import { exampleSelectors, tokenSelectors } from './selectors.ts'
import {
  exampleSelectorConformance,
  tokenSelectorConformance,
} from './testing/selector-conformance.ts'
import { valueAtRisk } from './value-at-risk.ts'
import { projectOnCappedSimplex, worstCase } from './worst-case.ts'

const sequence = (tokens: number[], answers: number) => ({
  tokens: Int32Array.from(tokens),
  trained: Uint8Array.from(tokens, (_, t) => (t >= tokens.length - answers ? 1 : 0)),
})
const nothing: TokenInput = {
  sequences: [],
  others: null,
  logProb: [],
  entropy: [],
  assistantLogProb: [],
  state: {},
}

describe.each([...tokenSelectors])('selector of tokens %s', (_, selector: TokenSelector) => {
  const required = 'assistant' in selector.schema.shape ? { assistant: 'm' } : {}
  for (const { name, check } of tokenSelectorConformance(selector, required)) it(name, check)
})

describe.each([...exampleSelectors])('selector of examples %s', (_, selector: ExampleSelector) => {
  for (const { name, check } of exampleSelectorConformance(selector)) it(name, check)
})

it('every file that declares a selector is in a map', async () => {
  const all: unknown[] = [...tokenSelectors.values(), ...exampleSelectors.values()]
  const files = readdirSync(import.meta.dirname).filter((file) => /^[a-z-]+\.ts$/.test(file))
  for (const file of files)
    for (const value of Object.values(await import(/* @vite-ignore */ `./${file}`)))
      if (value && typeof value === 'object' && 'weigh' in value) expect(all).toContain(value)
})

describe('standing out', () => {
  it('closes gaps up to the window, not at the ends', () => {
    const chosen = [0, 1, 0, 0, 1, 0, 0, 0, 1, 0].map(Boolean)
    expect(fillGaps(chosen, 2).map(Number)).toEqual([0, 1, 1, 1, 1, 0, 0, 0, 1, 0])
    expect(fillGaps(chosen, 0)).toEqual(chosen)
  })

  it('takes what is over the mean, or everything where nothing is', () => {
    const options = { deviations: 0, window: 0 }
    expect([...standingOut([0, 1, 0, 0.1], options)]).toEqual([0, 1, 0, 0])
    expect([...standingOut([0.3, 0.3], options)]).toEqual([1, 1])
    expect([...standingOut([0, 0, 1, 5], { deviations: 1, window: 0 })]).toEqual([0, 0, 0, 1])
  })
})

describe('critical-ngrams', () => {
  it('counts n-grams, shorter ones at the start', () => {
    const p = ngramProbability([sequence([1, 2, 3, 1, 2, 4], 1)], 3)
    expect(p(Int32Array.of(1, 2, 3), 2)).toBe(0.5)
    expect(p(Int32Array.of(1, 2, 3), 0)).toBe(1)
    expect(p(Int32Array.of(9, 2, 3), 2)).toBe(0)
  })

  it('chooses what only the forget set says', () => {
    const common = [1, 2, 3, 4, 5]
    const [weights] = criticalNgrams.weigh(
      {
        ...nothing,
        sequences: [sequence([...common, 70, 71], 5)],
        others: [sequence([...common, 6], 3), sequence([...common, 7], 3)],
      },
      { order: 2, deviations: 0, window: 0 },
    )
    expect([...weights]).toEqual([0, 0, 0, 1, 1])
  })
})

it('critical-tokens chooses what the assistant does not know', () => {
  const [weights] = criticalTokens.weigh(
    {
      ...nothing,
      logProb: [Float32Array.of(-0.01, -0.02, -0.01)],
      assistantLogProb: [Float32Array.of(-0.1, -6, -0.1)],
    },
    { assistant: 'm', deviations: 0, window: 0 },
  )
  expect([...weights]).toEqual([0, 1, 0])
})

describe('value-at-risk', () => {
  const input = {
    ...nothing,
    logProb: [Float32Array.of(-5, -1), Float32Array.of(-2, -3, -4)],
    entropy: [Float32Array.of(1, 2), Float32Array.of(0, 0, 5)],
  }
  const chosen = (risk: 'loss' | 'memory' | 'entropy', quantile: number) =>
    valueAtRisk.weigh(input, { risk, quantile }).map((row) => [...row])

  it('leaves out the least risky share of all tokens together', () => {
    expect(chosen('loss', 0.4)).toEqual([
      [1, 0],
      [0, 1, 1],
    ])
    expect(chosen('memory', 0.4)).toEqual([
      [0, 1],
      [1, 1, 0],
    ])
    expect(chosen('entropy', 0.6)).toEqual([
      [0, 1],
      [0, 0, 1],
    ])
    expect(chosen('loss', 0)).toEqual([
      [1, 1],
      [1, 1, 1],
    ])
  })

  it('is the tail that the conditional value at risk is the mean of', () => {
    const losses = Array.from({ length: 50 }, (_, i) => Math.abs(gaussian(1, ['loss'], i)))
    const [weights] = valueAtRisk.weigh(
      {
        ...nothing,
        logProb: [Float32Array.from(losses, (x) => -x)],
        entropy: [new Float32Array(50)],
      },
      { risk: 'loss', quantile: 0.8 },
    )
    const tail = losses.filter((_, i) => weights[i] === 1)
    // Rockafellar and Uryasev: min over τ of τ + mean(max(0, loss − τ)) / (1 − α), at a τ that is one of the losses.
    const objective = (tau: number) =>
      tau + losses.reduce((sum, x) => sum + Math.max(0, x - tau), 0) / 50 / 0.2
    const best = Math.min(...losses.map(objective))
    expect(tail.reduce((sum, x) => sum + x, 0) / tail.length).toBeCloseTo(best, 6)
  })
})

describe('adaptive-value-at-risk', () => {
  const knobs = adaptiveValueAtRisk.schema.parse({ every: 2, strength: 0.5, quantile: 0.2 })
  const losses = (...values: number[]) => ({ logProb: [Float32Array.from(values, (x) => -x)] })

  /** The quantile after each step, on tokens of these losses. */
  function quantiles(steps: number[][], settings = knobs) {
    let state = adaptiveValueAtRisk.init?.(settings) as SelectorState
    return steps.map((values) => {
      const input = { ...nothing, ...losses(...values), state: JSON.parse(JSON.stringify(state)) }
      state = adaptiveValueAtRisk.after?.(input, settings) as SelectorState
      return state.quantile
    })
  }

  it('chooses like value-at-risk at the quantile that it remembers', () => {
    const input = { ...nothing, ...losses(1, 2, 3, 4, 5), state: { quantile: 0.6 } }
    expect(adaptiveValueAtRisk.weigh(input, knobs)).toEqual(
      valueAtRisk.weigh(input, { risk: 'loss', quantile: 0.6 }),
    )
  })

  it('moves by the change of the mean of the tail, every few steps', () => {
    // Tails at 0.2: the mean of all but the lowest of five. 3.5, 3.5 | 7, 7: twice as much; then what is is kept.
    const calm = [1, 2, 3, 4, 5]
    const wild = [0, 7, 7, 7, 7]
    const found = quantiles([calm, calm, wild, wild])
    expect(found.slice(0, 3)).toEqual([0.2, 0.2, 0.2])
    expect(found[3]).toBeCloseTo(0.2 * Math.exp(-0.5), 6)
    expect(quantiles([wild, wild, calm, calm])[3]).toBeCloseTo(0.2 * Math.exp(0.25), 6)
    expect(quantiles([wild, wild, wild, wild])[3]).toBeCloseTo(0.2, 6)
  })

  it('stays within 0.02 and 0.5', () => {
    const steps = (...values: number[]) => values.map((x) => [x, x, x, x])
    const each = { ...knobs, every: 1, strength: 5 }
    expect(quantiles(steps(1, 10, 100), each).at(-1)).toBe(0.02)
    expect(quantiles(steps(100, 10, 1), each).at(-1)).toBe(0.5)
    expect(quantiles(steps(0, 0, 1), each).at(-1)).toBe(0.2)
  })

  it('follows a falling tail of log p as of loss: by its size', () => {
    const memory = { ...knobs, every: 1, risk: 'memory' as const }
    // log p −1, then −2: the tail falls by its whole size, so less is kept.
    expect(quantiles([[1], [2]], memory)[1]).toBeCloseTo(0.2 * Math.exp(0.5), 6)
  })
})

/** Gradients that are given; those of sets are means. */
function probeOf(own: number[][], other: number[][]): GradientProbe {
  const sets = { own, other }
  const average = (rows: number[][]) =>
    Float32Array.from(rows[0], (_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length)
  return {
    size: own[0].length,
    example: async (set, place) => Float32Array.from(sets[set][place]),
    mean: async (set) => average(sets[set]),
    lossesAfter: async () => {
      throw new Error('not used')
    },
  }
}

describe('guard', () => {
  const own = [
    [2, 0],
    [0, 1],
    [-3, 0],
  ]
  const input = {
    count: 3,
    otherCount: 1,
    gradients: probeOf(own, [[4, 0]]),
    seed: 0,
  }

  it('weighs down what pulls the retain set along, by direction and not by length, mean 1', async () => {
    const weights = await guard.weigh(input, { map: 'exponential', temperature: 1, exponent: 1 })
    expect(weights.reduce((sum, w) => sum + w, 0)).toBeCloseTo(3, 5)
    // Scores 4, 0, −4: equal ratios exp(4/sd), sd of the three √(32/3).
    const ratio = Math.exp(4 / Math.sqrt(32 / 3))
    expect(weights[1] / weights[0]).toBeCloseTo(ratio, 4)
    expect(weights[2] / weights[1]).toBeCloseTo(ratio, 4)
  })

  it('by a power: what does not hurt is all alike', async () => {
    const weights = await guard.weigh(input, { map: 'power', temperature: 1, exponent: 1 })
    expect(weights[1]).toBe(weights[2])
    expect(weights[1] / weights[0]).toBeCloseTo(100, 3)
  })
})

describe('gradient-subspace', () => {
  it('finds the examples along the other set, whatever the sign', async () => {
    const own = [
      [0, 0, 1, 0],
      [1, 0.1, 0.1, 0],
      [0, 0, 0, 1],
      [-1, 0.1, 0, 0.2],
    ]
    const other = [
      [1, 0, 0, 0],
      [0.9, 0.1, 0, 0],
    ]
    const weights = await gradientSubspace.weigh(
      { count: 4, otherCount: 2, gradients: probeOf(own, other), seed: 0 },
      { share: 0.5, probes: 8, energy: 0.9 },
    )
    expect([...weights]).toEqual([0, 1, 0, 1])
  })
})

describe('worst-case', () => {
  it('projects on the capped simplex', () => {
    expect([...projectOnCappedSimplex(Float64Array.of(0.5, 0.5, 5), 1)]).toEqual([
      expect.closeTo(0, 12),
      expect.closeTo(0, 12),
      expect.closeTo(1, 12),
    ])
    const inside = projectOnCappedSimplex(Float64Array.of(0.2, 0.5, 0.3), 1)
    expect([...inside]).toEqual([0.2, 0.5, 0.3].map((x) => expect.closeTo(x, 12)))
  })

  it('chooses those that stay likely', async () => {
    const gradients: GradientProbe = {
      ...probeOf([[1]], []),
      lossesAfter: async ({ weights }) =>
        Float64Array.from(weights, (_, i) => (i % 2 === 0 ? 0.1 : 3)),
    }
    const knobs = worstCase.schema.parse({ share: 0.5 })
    const weights = await worstCase.weigh({ count: 6, otherCount: 0, gradients, seed: 0 }, knobs)
    expect([...weights]).toEqual([1, 0, 1, 0, 1, 0])
  })
})
