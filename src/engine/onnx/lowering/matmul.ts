import type { MatmulOptions, Node } from '../../../graph/index.ts'
import type { Lowering } from './lowering.ts'

/** Whether a node is a product that becomes a Gemm, which adds a following sum (residual, bias, another gradient) on the way. */
export function takesAddend(node: Node): boolean {
  return node.op.name === 'matmul' && node.shape.length === 2
}

export const matmul: Lowering = (to, node, inputs, addend) => {
  const { transposeA, transposeB, alpha = 1 } = node.attributes as MatmulOptions
  const flags = {
    transA: { int: transposeA ? 1 : 0 },
    transB: { int: transposeB ? 1 : 0 },
    alpha: { float: alpha },
  }
  if (takesAddend(node)) return to.emit('Gemm', addend ? [...inputs, addend] : inputs, flags)
  if (!transposeA && !transposeB && alpha === 1) return to.emit('MatMul', inputs)
  return to.emit('FusedMatMul', inputs, flags, 'com.microsoft')
}
