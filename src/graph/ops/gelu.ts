import type { Node } from '../node.ts'
import { gateSigmoid } from './activation.ts'
import { add, addScalar, exp, mul, neg, scale, square, unary } from './arithmetic.ts'

/**
 * erf x = 2/√π · ∫₀ˣ e^(−t²) dt, by `2/√π · e^(−x²) · Σ_n 2ⁿ x^(2n+1) / (2n+1)!!`, whose terms all have one sign.
 * Source: Abramowitz and Stegun 7.1.6.
 */
function errorFunction(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x)
  let term = x
  let total = x
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) {
    term *= (2 * x * x) / (2 * n + 1)
    total += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total
}

const erf = unary('erf', {
  compute: errorFunction,
  gradient: (x, _, g) => mul(g, scale(exp(neg(square(x))), 2 / Math.sqrt(Math.PI))),
})

/**
 * gelu(x) = x · Φ(x) = x/2 · (1 + erf(x / √2)).
 *
 * Numerics: right to 1e-7 · |x| absolute, so below x ≈ −5, where the value is under 2e-6, its digits fade, then 0.
 */
export function gelu(x: Node): Node {
  return mul(scale(x, 0.5), addScalar(erf(scale(x, Math.SQRT1_2)), 1))
}

/**
 * The tanh form of gelu, x/2 · (1 + tanh z) with z = √(2/π) · (x + 0.044715 x³); as x · σ(2z), which is the same.
 * transformers calls it `gelu_new` and `gelu_pytorch_tanh`.
 *
 * Numerics: value and slope are right to 2e-6 absolute for negative x, where `gateSigmoid` is right to 6e-8, and below
 * x ≈ −5 they are 0.
 */
export function geluTanh(x: Node): Node {
  const inner = add(x, scale(mul(x, square(x)), 0.044715))
  return mul(x, gateSigmoid(scale(inner, 2 * Math.sqrt(2 / Math.PI))))
}
