import { apply, describe, type Node } from '../node.ts'
import type { Op } from '../op.ts'
import { bindShape, formatShape, ShapeError, sameShape, sizeOf } from '../shape.ts'

export interface MatmulOptions {
  /** Read the last two axes of `a` swapped. */
  transposeA?: boolean
  transposeB?: boolean
  /** Factor on the product. */
  alpha?: number
}

const matmulOp: Op = {
  name: 'matmul',
  infer([a, b], attributes) {
    const { transposeA, transposeB } = attributes as MatmulOptions
    const rank = a.shape.length
    const m = a.shape[rank - (transposeA ? 1 : 2)]
    const k = a.shape[rank - (transposeA ? 2 : 1)]
    const k2 = b.shape[rank - (transposeB ? 1 : 2)]
    const n = b.shape[rank - (transposeB ? 2 : 1)]
    const stacked = a.shape.slice(0, -2)
    if (
      rank < 2 ||
      b.shape.length !== rank ||
      k !== k2 ||
      !sameShape(stacked, b.shape.slice(0, -2))
    )
      throw new ShapeError(
        'matmul',
        `a second factor of rank ${rank}${stacked.length > 0 ? ` with leading axes ${formatShape(stacked)} and` : ' with'} inner axis ${k} for ${describe(a)}`,
        describe(b),
      )
    return { shape: [...stacked, m, n], dtype: a.dtype }
  },
  gradient(node, g, needed) {
    const [a, b] = node.inputs
    const { transposeA = false, transposeB = false, alpha = 1 } = node.attributes as MatmulOptions
    const forA = () =>
      transposeA
        ? matmul(b, g, { transposeA: transposeB, transposeB: true, alpha })
        : matmul(g, b, { transposeB: !transposeB, alpha })
    const forB = () =>
      transposeB
        ? matmul(g, a, { transposeA: true, transposeB: transposeA, alpha })
        : matmul(a, g, { transposeA: !transposeA, alpha })
    return [needed[0] ? forA() : null, needed[1] ? forB() : null]
  },
  evaluate(node, [a, b], bindings) {
    const { transposeA, transposeB, alpha = 1 } = node.attributes as MatmulOptions
    const shape = bindShape(node.shape, bindings)
    const rank = shape.length
    const m = shape[rank - 2]
    const n = shape[rank - 1]
    const k = a.shape[rank - (transposeA ? 2 : 1)]
    const [aRow, aInner] = transposeA ? [1, m] : [k, 1]
    const [bInner, bColumn] = transposeB ? [1, k] : [n, 1]
    const data = new Float64Array(sizeOf(shape))
    for (let stack = 0; stack < data.length / (m * n || 1); stack++)
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          let total = 0
          for (let x = 0; x < k; x++)
            total +=
              a.data[stack * m * k + i * aRow + x * aInner] *
              b.data[stack * k * n + x * bInner + j * bColumn]
          data[(stack * m + i) * n + j] = alpha * total
        }
    return { shape, data }
  },
}

/** alpha · a × b over the last two axes; leading axes must be equal. */
export function matmul(a: Node, b: Node, options: MatmulOptions = {}): Node {
  return apply(matmulOp, [a, b], { ...options })
}
