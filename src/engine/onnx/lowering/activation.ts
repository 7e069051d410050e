import { type Lowering, named } from './lowering.ts'

const softplus: Lowering = (to, _, [x]) => {
  const tail = to.emit('Log', [
    to.emit('Add', [to.emit('Exp', [to.emit('Neg', [to.emit('Abs', [x])])]), to.float(1)]),
  ])
  return to.emit('Add', [to.emit('Relu', [x]), tail])
}

export const activation: Readonly<Record<string, Lowering>> = {
  sigmoid: named('Sigmoid'),
  tanh: named('Tanh'),
  erf: named('Erf'),
  softplus,
  silu: (to, _, [x, sigmoid]) => to.emit('Mul', [x, sigmoid]),
}
