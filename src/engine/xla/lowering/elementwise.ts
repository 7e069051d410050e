import { binary, type Lowering, unary } from './lowering.ts'

/** An op with a number that is fixed in the graph. */
const withNumber =
  (op: string): Lowering =>
  (to, [x], { by }) =>
    to.binary(op, x, to.number(by as number))

const clip: Lowering = (to, [x], { bound }) => {
  const above = to.binary('stablehlo.maximum', x, to.number(-(bound as number)))
  return to.binary('stablehlo.minimum', above, to.number(bound as number))
}

const within: Lowering = (to, [x], { bound }) =>
  to.convert(to.compare('LE', to.same('stablehlo.abs', x), to.number(bound as number)), 'f32')

export const elementwise: Readonly<Record<string, Lowering>> = {
  add: binary('stablehlo.add'),
  sub: binary('stablehlo.subtract'),
  mul: binary('stablehlo.multiply'),
  div: binary('stablehlo.divide'),
  neg: unary('stablehlo.negate'),
  exp: unary('stablehlo.exponential'),
  log: unary('stablehlo.log'),
  sqrt: unary('stablehlo.sqrt'),
  sign: unary('stablehlo.sign'),
  scale: withNumber('stablehlo.multiply'),
  addScalar: withNumber('stablehlo.add'),
  clip,
  within,
}
