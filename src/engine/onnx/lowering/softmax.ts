import { type Lowering, named } from './lowering.ts'

const labelLogProb: Lowering = (to, _, [, , labels, logits, probability]) => {
  const column = to.emit('Unsqueeze', [labels, to.ints([1])])
  const picked = to.emit('GatherElements', [logits, column], { axis: { int: 1 } })
  const highest = to.emit('ReduceMax', [logits, to.ints([1])], { keepdims: { int: 1 } })
  // max P = 1 / Σ e^(z − max z), so its logarithm is minus the log-sum-exp above the maximum.
  const surplus = to.emit('Log', [
    to.emit('ReduceMax', [probability, to.ints([1])], { keepdims: { int: 1 } }),
  ])
  const value = to.emit('Add', [to.emit('Sub', [picked, highest]), surplus])
  return to.emit('Squeeze', [value, to.ints([1])])
}

export const softmax: Readonly<Record<string, Lowering>> = {
  softmax: named('Softmax', { axis: { int: -1 } }),
  logSoftmax: named('LogSoftmax', { axis: { int: -1 } }),
  labelLogProb,
  labelRows: (_, __, [x]) => x,
}
