import { apply, type Node } from '../node.ts'
import type { Op } from '../op.ts'
import { formatShape, multiplyDims, type Shape, ShapeError, sameShape } from '../shape.ts'
import { tanh } from './activation.ts'
import { add, addScalar, mul, neg, scale as scaled, square, sub } from './arithmetic.ts'
import { matmul } from './matmul.ts'
import { sum } from './reduce.ts'
import { reshape, transpose } from './reshape.ts'
import { softmax } from './softmax.ts'

/**
 * Inputs: query, key, value, probability and, where scores are capped, tanh(score / cap). Probability and tanh are nodes
 * of their own so that the gradient reuses them.
 */
const attendOp: Op = {
  name: 'attend',
  infer: ([query]) => query,
  gradient(node, g, needed) {
    const [query, key, value, probability, bent] = node.inputs
    const alpha = node.attributes.scale as number
    // Σ_j P·dP of the softmax gradient equals Σ g·output: a sum over headDim instead of seq.
    const delta = sum(mul(g, node), [node.shape.length - 1], true)
    const capped = mul(sub(matmul(g, value, { transposeB: true }), delta), probability)
    const scores = bent ? mul(capped, addScalar(neg(square(bent)), 1)) : capped
    return [
      needed[0] ? matmul(scores, key, { alpha }) : null,
      needed[1] ? matmul(scores, query, { transposeA: true, alpha }) : null,
      needed[2] ? matmul(probability, g, { transposeA: true }) : null,
      null,
      ...(bent ? [null] : []),
    ]
  },
  evaluate: (node, [, , value, probability], bindings) => {
    const [, , valueNode, probabilityNode] = node.inputs
    const product = matmul(probabilityNode, valueNode)
    return product.op.evaluate(product, [probability, value], bindings)
  },
}

function requireShape(what: string, x: Node, shape: Shape): void {
  if (!sameShape(x.shape, shape))
    throw new ShapeError(what, formatShape(shape), formatShape(x.shape))
}

export interface AttentionOptions {
  heads: number
  /** Divides `heads`; each key/value head serves heads / keyValueHeads query heads. */
  keyValueHeads: number
  /** Usually 1 / √headDim. */
  scale: number
  /** Scores are kept within ± this by `cap · tanh(score / cap)`, before the mask, where there is one. */
  cap?: number
}

/**
 * Scaled dot-product attention with an additive mask, grouped-query where keyValueHeads < heads:
 * `softmax(scale · Q Kᵀ + mask) V` per head, the scores bent before the mask where they have a cap. Keys and values are never repeated; the query heads of a group are
 * stacked along the sequence instead.
 *
 * @param query `[batch, seq, heads*headDim]` f32
 * @param key   `[batch, seq, keyValueHeads*headDim]` f32
 * @param value the same
 * @param mask  `[seq, seq]` f32, or `[batch, 1, 1, seq, seq]` where sequences differ, added to the scores: 0 where query
 *   i may see key j, −1e9 elsewhere; no gradient flows to it
 * @returns `[batch, seq, heads*headDim]`
 */
export function attention(
  query: Node,
  key: Node,
  value: Node,
  mask: Node,
  { heads, keyValueHeads, scale, cap }: AttentionOptions,
): Node {
  const [batch, seq, width] = query.shape
  const headDim = (width as number) / heads
  const group = heads / keyValueHeads
  if (!Number.isInteger(headDim) || !Number.isInteger(group))
    throw new ShapeError(
      'attention heads',
      `heads dividing ${width} and key/value heads dividing heads`,
      `${heads}, ${keyValueHeads}`,
    )
  requireShape('attention key', key, [batch, seq, keyValueHeads * headDim])
  requireShape('attention value', value, [batch, seq, keyValueHeads * headDim])
  requireShape(
    'attention mask',
    mask,
    mask.shape.length === 5 ? [batch, 1, 1, seq, seq] : [seq, seq],
  )
  const rows = multiplyDims([group, seq])
  const split = (x: Node) =>
    transpose(reshape(x, [batch, seq, keyValueHeads, headDim]), [0, 2, 1, 3])
  const grouped =
    group === 1
      ? split(query)
      : reshape(
          transpose(reshape(query, [batch, seq, keyValueHeads, group, headDim]), [0, 2, 3, 1, 4]),
          [batch, keyValueHeads, rows, headDim],
        )
  const k = split(key)
  const v = split(value)
  const scores = matmul(grouped, k, { transposeB: true, alpha: scale })
  const bent = cap === undefined ? [] : [tanh(scaled(scores, 1 / cap))]
  const capped = cap === undefined ? scores : scaled(bent[0], cap)
  const perHead = reshape(capped, [batch, keyValueHeads, group, seq, seq])
  const probability = reshape(softmax(add(perHead, mask)), [batch, keyValueHeads, rows, seq])
  const attended = apply(attendOp, [grouped, k, v, probability, ...bent], { scale })
  const joined =
    group === 1
      ? transpose(attended, [0, 2, 1, 3])
      : transpose(reshape(attended, [batch, keyValueHeads, group, seq, headDim]), [0, 3, 1, 2, 4])
  return reshape(joined, [batch, seq, width])
}
