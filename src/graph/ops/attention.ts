import { apply, type Node } from '../node.ts'
import type { Op } from '../op.ts'
import { formatShape, multiplyDims, type Shape, ShapeError, sameShape } from '../shape.ts'
import { add, mul, sub } from './arithmetic.ts'
import { matmul } from './matmul.ts'
import { sum } from './reduce.ts'
import { reshape, transpose } from './reshape.ts'
import { softmax } from './softmax.ts'

/** Inputs: query, key, value, probability. The probability is a node of its own so that the gradient reuses it. */
const attendOp: Op = {
  name: 'attend',
  infer: ([query]) => query,
  gradient(node, g, needed) {
    const [query, key, value, probability] = node.inputs
    const alpha = node.attributes.scale as number
    // Σ_j P·dP of the softmax gradient equals Σ g·output: a sum over headDim instead of seq.
    const delta = sum(mul(g, node), [node.shape.length - 1], true)
    const scores = mul(sub(matmul(g, value, { transposeB: true }), delta), probability)
    return [
      needed[0] ? matmul(scores, key, { alpha }) : null,
      needed[1] ? matmul(scores, query, { transposeA: true, alpha }) : null,
      needed[2] ? matmul(probability, g, { transposeA: true }) : null,
      null,
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
}

/**
 * Scaled dot-product attention with an additive mask, grouped-query where keyValueHeads < heads:
 * `softmax(scale · Q Kᵀ + mask) V` per head. Keys and values are never repeated; the query heads of a group are
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
  { heads, keyValueHeads, scale }: AttentionOptions,
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
  const perHead = reshape(scores, [batch, keyValueHeads, group, seq, seq])
  const probability = reshape(softmax(add(perHead, mask)), [batch, keyValueHeads, rows, seq])
  const attended = apply(attendOp, [grouped, k, v, probability], { scale })
  const joined =
    group === 1
      ? transpose(attended, [0, 2, 1, 3])
      : transpose(reshape(attended, [batch, keyValueHeads, group, seq, headDim]), [0, 3, 1, 2, 4])
  return reshape(joined, [batch, seq, width])
}
