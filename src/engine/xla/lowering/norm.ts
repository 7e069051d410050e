import type { Lowering } from './lowering.ts'

const inverseRms: Lowering = (to, [x], { epsilon }) => {
  const total = to.reduce('add', to.same('stablehlo.multiply', x, x), [1], true)
  const mean = to.binary('stablehlo.divide', total, to.number(x.shape[1]))
  const shifted = to.binary('stablehlo.add', mean, to.number(epsilon as number))
  return to.binary('stablehlo.divide', to.number(1), to.same('stablehlo.sqrt', shifted))
}

export const norm: Readonly<Record<string, Lowering>> = {
  inverseRms,
  rmsNorm: (to, [x, weight, inverse]) =>
    to.binary('stablehlo.multiply', to.binary('stablehlo.multiply', x, inverse), weight),
}
