import { apply, type Node } from '../node.ts'
import type { Op } from '../op.ts'
import { add, addScalar, mul, neg, scale, square, sub, unary } from './arithmetic.ts'

/** 1 / (1 + e⁻ˣ), without overflow on either side. */
const logistic = (x: number) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)))

/** σ(x) = 1 / (1 + e⁻ˣ), right relative to its value however small that is; the gradient is σ(x)·σ(−x). */
export const sigmoid: (x: Node) => Node = unary('sigmoid', {
  compute: logistic,
  gradient: (x, y, g) => mul(g, mul(y, sigmoid(neg(x)))),
})

/**
 * σ(x) for gates of large arrays, whose products are summed with terms of size 1: faster than `sigmoid`, and right to
 * 6e-8 absolute only, so that below x ≈ −15 it is of the right size, and then 0.
 */
export const gateSigmoid = unary('gateSigmoid', {
  compute: logistic,
  gradient: (_, y, g) => mul(g, sub(y, square(y))),
})

/** tanh x; the gradient, 1 − tanh² x = 4·σ(2x)·σ(−2x), is right relative to its value however small that is. */
export const tanh: (x: Node) => Node = unary('tanh', {
  compute: Math.tanh,
  gradient: (x, _, g) => mul(g, scale(mul(sigmoid(scale(x, 2)), sigmoid(scale(x, -2))), 4)),
})

/** tanh x for caps of large arrays: the gradient is 1 − y², right to 6e-8 absolute only, so beyond |x| ≈ 8 its digits fade. */
export const gateTanh = unary('gateTanh', {
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
 * Numerics: right to a few float32 roundings relative to the value, which is eˣ far below zero, as long as float32 holds
 * that. The gradient is σ(x), as right and finite everywhere.
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
  return apply(siluOp, [x, gateSigmoid(x)])
}
