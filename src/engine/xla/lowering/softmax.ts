import type { Emitter, Value } from '../emitter.ts'
import { pick } from './gather.ts'
import type { Lowering } from './lowering.ts'

/** A row less its largest entry, and the sum of the exponentials of that, along the last axis. */
function shifted(to: Emitter, x: Value): { above: Value; powers: Value; total: Value } {
  const axis = [x.shape.length - 1]
  const above = to.binary('stablehlo.subtract', x, to.reduce('maximum', x, axis, true))
  const powers = to.same('stablehlo.exponential', above)
  return { above, powers, total: to.reduce('add', powers, axis, true) }
}

export function softmaxOf(to: Emitter, x: Value): Value {
  const { powers, total } = shifted(to, x)
  return to.binary('stablehlo.divide', powers, total)
}

function logSoftmaxOf(to: Emitter, x: Value): Value {
  const { above, total } = shifted(to, x)
  return to.binary('stablehlo.subtract', above, to.same('stablehlo.log', total))
}

const labelLogProb: Lowering = (to, [, , labels, logits]) =>
  pick(to, logSoftmaxOf(to, logits), labels)

export const softmax: Readonly<Record<string, Lowering>> = {
  softmax: (to, [x]) => softmaxOf(to, x),
  logSoftmax: (to, [x]) => logSoftmaxOf(to, x),
  labelLogProb,
  labelRows: (_, [x]) => x,
}
