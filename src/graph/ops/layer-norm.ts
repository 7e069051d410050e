import type { Node } from '../node.ts'
import { add, sub } from './arithmetic.ts'
import { mean } from './mean.ts'
import { rmsNorm } from './rms-norm.ts'

/**
 * Layer normalisation: `y = (x − mean x) / √(var x + ε) · weight + bias` along the last axis, which is the
 * root-mean-square normalisation of the centred rows. Two passes, so a large common offset costs no digits of the
 * variance.
 *
 * @param x      `[rows, dim]` f32
 * @param weight `[dim]` f32
 * @param bias   `[dim]` f32, or null for none
 */
export function layerNorm(x: Node, weight: Node, bias: Node | null, epsilon: number): Node {
  const normalised = rmsNorm(sub(x, mean(x, [1], true)), weight, epsilon)
  return bias ? add(normalised, bias) : normalised
}
