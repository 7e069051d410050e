import { apply, type Node } from '../node.ts'
import type { Op } from '../op.ts'
import { add, addScalar, mul, neg, square, sub, unary } from './arithmetic.ts'

/** 1 / (1 + e⁻ˣ), without overflow on either side. */
const logistic = (x: number) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)))

/**
 * σ(x) = 1 / (1 + e⁻ˣ).
 *
 * Numerics: a runtime's may be right to 6e-8 absolute only, so below x ≈ −15 it is of the right size only, and then 0.
 */
export const sigmoid = unary('sigmoid', {
  compute: logistic,
  gradient: (_, y, g) => mul(g, sub(y, square(y))),
})

/** tanh x. */
export const tanh = unary('tanh', {
  compute: Math.tanh,
  gradient: (_, y, g) => mul(g, addScalar(neg(square(y)), 1)),
})

const softplusOp: Op = {
  name: 'softplus',
  isElementwise: true,
  infer: ([x]) => x,
  gradient: (node, g) => [mul(g, sigmoid(node.inputs[0]))],
  evaluate: (_, [x]) => ({
    shape: x.shape,
    data: x.data.map((v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)))),
  }),
}

/**
 * softplus(x) = ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|).
 *
 * Numerics: exact to one float32 rounding of the larger term for any x; below x ≈ −17 float32 gives 0 where the
 * true value is eˣ. The gradient is σ(x), finite everywhere.
 */
export function softplus(x: Node): Node {
  return apply(softplusOp, [x])
}

/** ln σ(x) = −softplus(−x): linear for large negative x where ln(σ(x)) computed in two steps is −∞. */
export function logSigmoid(x: Node): Node {
  return neg(softplus(neg(x)))
}

const siluOp: Op = {
  name: 'silu',
  isElementwise: true,
  infer: ([x]) => x,
  gradient(node, g) {
    const [, s] = node.inputs
    return [mul(g, add(s, sub(node, mul(node, s)))), null]
  },
  evaluate: (_, [x, s]) => ({ shape: x.shape, data: x.data.map((v, i) => v * s.data[i]) }),
}

/** silu(x) = x · σ(x). The gradient reuses σ and the result: σ + y − y·σ. */
export function silu(x: Node): Node {
  return apply(siluOp, [x, sigmoid(x)])
}
