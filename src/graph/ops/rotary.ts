import { apply, describe, type Node } from '../node.ts'
import type { Op } from '../op.ts'
import { ShapeError } from '../shape.ts'

const rotaryOp: Op = {
  name: 'rotary',
  infer([x, cos, sin], { heads }) {
    const width = x.shape[2]
    const half = typeof width === 'number' ? width / (heads as number) / 2 : Number.NaN
    if (x.shape.length !== 3 || cos.shape[1] !== half || sin.shape[1] !== half)
      throw new ShapeError(
        'rotary tables',
        `[positions, headDim / 2 = ${half}] for ${describe(x)}`,
        describe(cos),
      )
    return x
  },
  gradient: (node, g) => {
    const [, cos, sin] = node.inputs
    return [
      apply(rotaryOp, [g, cos, sin], { ...node.attributes, inverse: !node.attributes.inverse }),
      null,
      null,
    ]
  },
  lower(to, node, [x, cos, sin]) {
    const angle = node.attributes.inverse ? to.emit('Neg', [sin]) : sin
    return to.emit(
      'RotaryEmbedding',
      [x, to.ints([0]), cos, angle],
      { num_heads: { int: node.attributes.heads as number }, interleaved: { int: 0 } },
      'com.microsoft',
    )
  },
  evaluate(node, [x, cos, sin]) {
    const [batch, seq, width] = x.shape
    const half = cos.shape[1]
    const sign = node.attributes.inverse ? -1 : 1
    const data = new Float64Array(x.data.length)
    for (let b = 0; b < batch; b++)
      for (let t = 0; t < seq; t++)
        for (let start = 0; start < width; start += 2 * half)
          for (let i = 0; i < half; i++) {
            const at = (b * seq + t) * width + start + i
            const c = cos.data[t * half + i]
            const s = sign * sin.data[t * half + i]
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
 * @param x   `[batch, seq, heads*headDim]` f32; position t is index t
 * @param cos `[positions, headDim/2]` f32, positions ≥ seq
 * @param sin the same
 */
export function rotary(x: Node, cos: Node, sin: Node, heads: number): Node {
  return apply(rotaryOp, [x, cos, sin], { heads, inverse: false })
}
