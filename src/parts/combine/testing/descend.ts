import type { Combiner, CombinerState } from '../combiner.ts'
import { gradientsOf } from '../gradients-of.ts'
import { gramOf } from '../gram.ts'

/**
 * Gradient descent on one number x from 2: forget loss (x − 2)², retain loss x², with a combiner's coefficients.
 *
 * Under the cap x² ≤ 1 the solution is x = 1, and the weight that keeps it there is 1: 2(x − 2) + λ·2x = 0.
 */
export function descend(
  combiner: Combiner,
  knobs: Readonly<Record<string, unknown>>,
  steps: number,
  learningRate = 0.02,
): { x: number; weight: number; state: CombinerState } {
  const complete = combiner.schema.parse(knobs)
  let x = 2
  let weight = Number.NaN
  let state = combiner.init(complete)
  for (let step = 0; step < steps; step++) {
    const losses = { forget: (x - 2) ** 2, retain: x ** 2 }
    const [f, r] = [2 * (x - 2), 2 * x]
    const input =
      gradientsOf(combiner, complete) === 'separate'
        ? { gram: gramOf([Float32Array.of(f)], [Float32Array.of(r)]), losses }
        : { gram: null, losses: null }
    const chosen = combiner.coefficients(input, complete, state)
    x -= learningRate * (chosen.forget * f + chosen.retain * r)
    weight = chosen.retain / chosen.forget
    state = combiner.after?.(losses, complete, chosen.state) ?? chosen.state
  }
  return { x, weight, state }
}
