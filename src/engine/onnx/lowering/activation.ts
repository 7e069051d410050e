import { type Lowering, named, type OnnxWriter } from './lowering.ts'

/** e^−|x|, which neither overflows nor cancels. */
const decay = (to: OnnxWriter, x: string) => to.emit('Exp', [to.emit('Neg', [to.emit('Abs', [x])])])

/** ONNX Runtime's Sigmoid is right to 6e-8 absolute only: `e^min(x, 0) / (1 + e^−|x|)`. */
const sigmoid: Lowering = (to, _, [x]) => {
  const above = to.emit('Exp', [to.emit('Min', [x, to.float(0)])])
  return to.emit('Div', [above, to.emit('Add', [decay(to, x), to.float(1)])])
}

/**
 * `max(x, 0) + ln(1 + u)`, u = e^−|x|. What 1 + u loses of u is put right by `u / ((1 + u) − 1)`; where all of it is lost,
 * u is the logarithm.
 *
 * Source: Goldberg 1991, “What every computer scientist should know about floating-point arithmetic”, theorem 4.
 */
const softplus: Lowering = (to, _, [x]) => {
  const u = decay(to, x)
  const whole = to.emit('Add', [u, to.float(1)])
  const kept = to.emit('Sub', [whole, to.float(1)])
  const isLost = to.emit('Equal', [kept, to.float(0)])
  const corrected = to.emit('Mul', [
    to.emit('Log', [whole]),
    to.emit('Div', [u, to.emit('Where', [isLost, to.float(1), kept])]),
  ])
  return to.emit('Add', [to.emit('Relu', [x]), to.emit('Where', [isLost, u, corrected])])
}

export const activation: Readonly<Record<string, Lowering>> = {
  sigmoid,
  gateSigmoid: named('Sigmoid'),
  tanh: named('Tanh'),
  gateTanh: named('Tanh'),
  erf: named('Erf'),
  softplus,
  silu: (to, _, [x, sigmoid]) => to.emit('Mul', [x, sigmoid]),
}
