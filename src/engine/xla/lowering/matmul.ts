import type { MatmulOptions } from '../../../graph/index.ts'
import type { Lowering } from './lowering.ts'

export const matmul: Lowering = (to, [a, b], attributes) => {
  const { transposeA = false, transposeB = false, alpha = 1 } = attributes as MatmulOptions
  const product = to.matmul(a, b, { transposeA, transposeB })
  return alpha === 1 ? product : to.binary('stablehlo.multiply', product, to.number(alpha))
}
