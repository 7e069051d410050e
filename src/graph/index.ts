export { gradients, type ParameterGradient } from './gradients.ts'
export { type DType, describe, type Node, topologicalOrder } from './node.ts'
export { isRowGradient, type RowGradient } from './op.ts'
export { logSigmoid, sigmoid, silu, softplus, tanh } from './ops/activation.ts'
export { argMax, rowMax } from './ops/arg-max.ts'
export {
  add,
  addScalar,
  div,
  exp,
  log,
  mul,
  neg,
  scale,
  sqrt,
  square,
  sub,
} from './ops/arithmetic.ts'
export { type AttentionOptions, attention } from './ops/attention.ts'
export { type CachedAttentionOptions, cachedAttention } from './ops/cached-attention.ts'
export { clip } from './ops/clip.ts'
export { embedding, gatherRows, pickLabels, scatterRows, spreadLabels } from './ops/gather.ts'
export { gelu, geluTanh } from './ops/gelu.ts'
export { labelLogProb } from './ops/label-log-prob.ts'
export { layerNorm } from './ops/layer-norm.ts'
export { type MatmulOptions, matmul } from './ops/matmul.ts'
export { mean } from './ops/mean.ts'
export { expand, sum } from './ops/reduce.ts'
export { reshape, transpose } from './ops/reshape.ts'
export { rmsNorm } from './ops/rms-norm.ts'
export { rotary } from './ops/rotary.ts'
export { selectBlocks } from './ops/select-blocks.ts'
export { sign } from './ops/sign.ts'
export { softCap } from './ops/soft-cap.ts'
export { logSoftmax, softmax } from './ops/softmax.ts'
export { constant, input, parameter, part, stopGradient } from './ops/source.ts'
export { AxisBinder, bindDim, bindShape, type Dim, type Shape, ShapeError } from './shape.ts'
