import { apply, describe, type Node } from '../node.ts'
import type { Op } from '../op.ts'
import { formatShape, ShapeError, sameShape } from '../shape.ts'

const rotaryOp: Op = {
  name: 'rotary',
  infer([x, cos, sin, positions], { heads }) {
    const width = x.shape[2]
    const half = typeof width === 'number' ? width / (heads as number) / 2 : Number.NaN
    if (x.shape.length !== 3 || cos.shape[1] !== half || sin.shape[1] !== half)
      throw new ShapeError(
        'rotary tables',
        `[positions, headDim / 2 = ${half}] for ${describe(x)}`,
        describe(cos),
      )
    const places = x.shape.slice(0, 2)
    if (positions && (positions.dtype !== 'i32' || !sameShape(positions.shape, places)))
      throw new ShapeError('rotary positions', `${formatShape(places)} i32`, describe(positions))
    return x
  },
  gradient: (node, g) => {
    const [, ...tables] = node.inputs
    const inverse = !node.attributes.inverse
    return [
      apply(rotaryOp, [g, ...tables], { ...node.attributes, inverse }),
      ...tables.map(() => null),
    ]
  },
  evaluate(node, [x, cos, sin, positions]) {
    const [batch, seq, width] = x.shape
    const half = cos.shape[1]
    const sign = node.attributes.inverse ? -1 : 1
    const data = new Float64Array(x.data.length)
    for (let b = 0; b < batch; b++)
      for (let t = 0; t < seq; t++)
        for (let start = 0; start < width; start += 2 * half)
          for (let i = 0; i < half; i++) {
            const at = (b * seq + t) * width + start + i
            const turn = (positions ? positions.data[b * seq + t] : t) * half + i
            const c = cos.data[turn]
            const s = sign * sin.data[turn]
            data[at] = x.data[at] * c - x.data[at + half] * s
            data[at + half] = x.data[at + half] * c + x.data[at] * s
          }
    return { shape: x.shape, data }
  },
}

/**
 * Rotary position embedding, half-split as in Hugging Face's Llama: pairs (i, i + headDim/2) of every head are
 * turned by the angle of their position. The gradient is the opposite turn.
 *
 * @param x   `[batch, seq, heads*headDim]` f32
 * @param cos `[positions, headDim/2]` f32, positions ≥ seq
 * @param sin the same
 * @param positions `[batch, seq]` i32; where there are none, position t is index t
 */
export function rotary(x: Node, cos: Node, sin: Node, heads: number, positions?: Node): Node {
  const inputs = positions ? [x, cos, sin, positions] : [x, cos, sin]
  return apply(rotaryOp, inputs, { heads, inverse: false })
}
