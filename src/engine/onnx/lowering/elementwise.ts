import { elementTypes, type Lowering, named } from './lowering.ts'

/** An op with a number that is fixed in the graph. */
const withNumber =
  (opType: string): Lowering =>
  (to, node, [x]) =>
    to.emit(opType, [x, to.float(node.attributes.by as number)])

const clip: Lowering = (to, node, [x]) => {
  const bound = node.attributes.bound as number
  return to.emit('Clip', [x, to.float(-bound), to.float(bound)])
}

const within: Lowering = (to, node, [x]) => {
  const bound = to.float(node.attributes.bound as number)
  const inside = to.emit('LessOrEqual', [to.emit('Abs', [x]), bound])
  return to.emit('Cast', [inside], { to: { int: elementTypes.f32 } })
}

export const elementwise: Readonly<Record<string, Lowering>> = {
  add: named('Add'),
  sub: named('Sub'),
  mul: named('Mul'),
  div: named('Div'),
  neg: named('Neg'),
  exp: named('Exp'),
  log: named('Log'),
  sqrt: named('Sqrt'),
  sign: named('Sign'),
  scale: withNumber('Mul'),
  addScalar: withNumber('Add'),
  clip,
  within,
}
