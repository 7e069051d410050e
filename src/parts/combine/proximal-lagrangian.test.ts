import { describe, expect, it } from 'vitest'
import { gramOf } from './gram.ts'
import { proximalLagrangian } from './proximal-lagrangian.ts'
import type { DisplacedGradients } from './refinement.ts'

/** Forget loss (x − 2)², retain loss x², by plain descent on one number from 2. */
const loss = { forget: (x: number) => (x - 2) ** 2, retain: (x: number) => x ** 2 }
const slope = { forget: (x: number) => 2 * (x - 2), retain: (x: number) => 2 * x }

async function descend(settings: object, steps: number, learningRate = 0.008) {
  const knobs = proximalLagrangian.schema.parse({ proximalRate: 0.01, ...settings })
  const memory = new Float32Array(1)
  const buffers = new Map<number, Float32Array>()
  let asked = 0
  let x = 2
  let state = proximalLagrangian.init(knobs)
  for (let step = 0; step < steps; step++) {
    const displaced: DisplacedGradients = {
      weights: Float32Array.of(x),
      weightNorm: Math.abs(x),
      async gradientAt(group, [by]) {
        asked++
        return { gradient: Float32Array.of(slope[group](x + by)), loss: loss[group](x + by) }
      },
      buffer(index) {
        const held = buffers.get(index) ?? new Float32Array(1).fill(Number.NaN)
        buffers.set(index, held)
        return held
      },
      memory: () => memory,
    }
    const g = { forget: Float32Array.of(slope.forget(x)), retain: Float32Array.of(slope.retain(x)) }
    const losses = { forget: loss.forget(x), retain: loss.retain(x) }
    const moved = await proximalLagrangian.refinement?.apply(g, displaced, knobs, state)
    const gram = gramOf([g.forget], [g.retain])
    const chosen = proximalLagrangian.coefficients({ gram, losses }, knobs, moved ?? state)
    x -= learningRate * (chosen.forget * g.forget[0] + chosen.retain * g.retain[0])
    state = chosen.state
  }
  return { x, copy: memory[0], state, asked, buffers: buffers.size }
}

/** Where a falling function is 0. */
function root(f: (x: number) => number, low: number, high: number): number {
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2
    if (f(middle) > 0) low = middle
    else high = middle
  }
  return low
}

describe('proximal-lagrangian', () => {
  it.each([
    [1, 1, 10],
    [20, 1, 10],
    [20, 5, 10],
    [5, 2, 1],
  ])(
    'ends where its equations say, under a budget: c %d, penalty %d, γ %d',
    async (c, penalty, gamma) => {
      // At rest the copy is on the budget, λ keeps it there, and y balances F/c and f − v.
      const dualAt = (y: number) => 1 - (1 - y) / (2 * gamma)
      const y = root(
        (at) =>
          -(
            slope.forget(at) +
            (1 - at) / gamma +
            (1 / c + Math.max(0, dualAt(at) + penalty * (at ** 2 - 1))) * slope.retain(at)
          ),
        0,
        2,
      )
      const knobs = { retainBudget: 1, lowerWeight: c, lowerGrowth: 0, penalty, proximity: gamma }
      const found = await descend(knobs, 20000)
      expect(found.copy).toBeCloseTo(1, 5)
      expect(found.state.dual).toBeCloseTo(dualAt(y), 4)
      expect(found.state.centre).toBeCloseTo(dualAt(y), 4)
      expect(found.x).toBeCloseTo(y, 4)
      expect(loss.retain(found.x)).toBeLessThan(1)
    },
  )

  it('without a budget that binds, ends between both minima, by c', async () => {
    // θ = (2 + y/2γ)/(1 + 1/2γ); then 2(y − 2) + (θ − y)/γ + 2y/c = 0.
    const [c, gamma] = [4, 10]
    const copyAt = (y: number) => (2 + y / (2 * gamma)) / (1 + 1 / (2 * gamma))
    const y = root((at) => -(2 * (at - 2) + (copyAt(at) - at) / gamma + (2 * at) / c), 0, 2)
    const knobs = { retainBudget: 9, lowerWeight: c, lowerGrowth: 0, proximity: gamma }
    const found = await descend(knobs, 20000)
    expect(found.x).toBeCloseTo(y, 4)
    expect(found.copy).toBeCloseTo(copyAt(y), 4)
    expect(found.state.dual).toBe(0)
  })

  it('comes to the constrained optimum as c grows, and to the forget optimum where nothing binds', async () => {
    const under = await descend({ retainBudget: 1, lowerWeight: 100 }, 20000)
    expect(Math.abs(under.x - 1)).toBeLessThan(1e-3)
    expect(Math.abs(under.state.dual - 1)).toBeLessThan(1e-3)
    const free = await descend({ retainBudget: 9, lowerWeight: 1000 }, 20000)
    expect(Math.abs(free.x - 2)).toBeLessThan(1e-3)
  })

  it('takes its budget from the first step, and asks as often as it says', async () => {
    const found = await descend({ budgetFactor: 1.25 }, 3)
    expect(found.state.budget).toBeCloseTo(5, 12)
    expect(found.asked).toBe(3 * Number(proximalLagrangian.refinement?.backwardPasses))
    // Two buffers, what it keeps, the answer at displaced weights and the weights.
    expect(found.buffers + 3).toBe(proximalLagrangian.refinement?.gradientBuffers)
  })

  it('keeps what it has of a step that is not finite', async () => {
    const knobs = proximalLagrangian.schema.parse({ retainBudget: 1 })
    const memory = Float32Array.of(7)
    const state = { ...proximalLagrangian.init(knobs), steps: 3 }
    const gradients = { forget: Float32Array.of(1), retain: Float32Array.of(1) }
    const moved = await proximalLagrangian.refinement?.apply(
      gradients,
      {
        weights: Float32Array.of(1),
        weightNorm: 1,
        gradientAt: async () => ({ gradient: Float32Array.of(Number.NaN), loss: 1 }),
        buffer: () => new Float32Array(1),
        memory: () => memory,
      },
      knobs,
      state,
    )
    expect(moved).toBe(state)
    expect(memory[0]).toBe(7)
    expect(gradients.forget[0]).toBeNaN()
  })
})
