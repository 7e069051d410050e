import { binary, type Lowering, unary } from './lowering.ts'

/** `max(x, 0) + ln(1 + e^−|x|)`, which neither overflows nor cancels. */
const softplus: Lowering = (to, [x]) => {
  const decay = to.same(
    'stablehlo.exponential',
    to.same('stablehlo.negate', to.same('stablehlo.abs', x)),
  )
  const surplus = to.same('stablehlo.log_plus_one', decay)
  return to.binary('stablehlo.add', to.binary('stablehlo.maximum', x, to.number(0)), surplus)
}

/** Older plugins leave 1 − 6e-8 where float32 has no number between that and 1, and x times it may be large. */
const erf: Lowering = (to, [x]) => {
  const isFar = to.compare('GT', to.same('stablehlo.abs', x), to.number(4))
  return to.select(isFar, to.same('stablehlo.sign', x), to.mapped('chlo.erf', x))
}

export const activation: Readonly<Record<string, Lowering>> = {
  sigmoid: unary('stablehlo.logistic'),
  gateSigmoid: unary('stablehlo.logistic'),
  tanh: unary('stablehlo.tanh'),
  gateTanh: unary('stablehlo.tanh'),
  erf,
  softplus,
  silu: binary('stablehlo.multiply'),
}
