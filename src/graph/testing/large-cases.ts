import { logSigmoid, sigmoid, silu, softplus, tanh } from '../ops/activation.ts'
import { add, div, exp, log, mul, sqrt, sub } from '../ops/arithmetic.ts'
import { attention } from '../ops/attention.ts'
import { embedding, gatherRows, pickLabels } from '../ops/gather.ts'
import { labelLogProb } from '../ops/label-log-prob.ts'
import { matmul } from '../ops/matmul.ts'
import { sum } from '../ops/reduce.ts'
import { transpose } from '../ops/reshape.ts'
import { rmsNorm } from '../ops/rms-norm.ts'
import { rotary } from '../ops/rotary.ts'
import { logSoftmax, softmax } from '../ops/softmax.ts'
import {
  type CaseInput,
  causalMask,
  labels,
  type OpCase,
  opCase,
  rotaryTable,
  stated,
  trained,
  uniqueRows,
} from './op-case.ts'

const large = (op: string, inputs: Record<string, CaseInput>, build: OpCase['build']) =>
  opCase(op, 'of odd, larger size', inputs, build, { kind: 'large' })

/** Every 0.08 from −40 to 40. */
const sweep = Array.from({ length: 1001 }, (_, i) => -40 + 0.08 * i)

const swept = Object.entries({ sigmoid, tanh, softplus, logSigmoid, silu }).map(([op, apply]) =>
  opCase(op, 'from −40 to 40', { x: stated([1001], sweep) }, ({ x }) => apply(x), {
    kind: 'large',
  }),
)

const elementwise = Object.entries({ add, sub, mul, div }).map(([op, apply]) =>
  large(op, { a: trained([7, 1, 131], 0.5, 2), b: trained([33, 1], 0.5, 2) }, ({ a, b }) =>
    apply(a, b),
  ),
)

const positive = Object.entries({ exp, log, sqrt }).map(([op, apply]) =>
  large(op, { x: trained([3, 1001], 0.1, 3) }, ({ x }) => apply(x)),
)

const byRow = Object.entries({ softmax, logSoftmax }).map(([op, apply]) =>
  large(op, { x: trained([5, 1999], -10, 10) }, ({ x }) => apply(x)),
)

/** Cases long enough for the engines' vector loops, their remainders and their threads. */
export const largeCases: readonly OpCase[] = [
  ...swept,
  ...elementwise,
  ...positive,
  ...byRow,
  large('sum', { x: trained([37, 5, 129]) }, ({ x }) => sum(x, [0, 2])),
  large('transpose', { x: trained([5, 37, 3, 17]) }, ({ x }) => transpose(x, [0, 2, 1, 3])),
  large('matmul', { a: trained([65, 259]), b: trained([259, 131]) }, ({ a, b }) => matmul(a, b)),
  opCase(
    'matmul',
    'per head of odd, larger size',
    { a: trained([2, 3, 67, 17]), b: trained([2, 3, 67, 17]) },
    ({ a, b }) => matmul(a, b, { transposeB: true, alpha: 0.25 }),
    { kind: 'large' },
  ),
  large('embedding', { weight: trained([257, 33]), tokens: labels([129], 257) }, (x) =>
    embedding(x.weight, x.tokens),
  ),
  large('gatherRows', { x: trained([257, 33]), rows: uniqueRows([129], 257) }, ({ x, rows }) =>
    gatherRows(x, rows),
  ),
  large('pickLabels', { x: trained([129, 257]), chosen: labels([129], 257) }, ({ x, chosen }) =>
    pickLabels(x, chosen),
  ),
  large(
    'labelLogProb',
    { hidden: trained([37, 48]), weight: trained([1009, 48]), chosen: labels([37], 1009) },
    ({ hidden, weight, chosen }) => labelLogProb(hidden, weight, chosen),
  ),
  large('rmsNorm', { x: trained([67, 48], -3, 3), weight: trained([48]) }, ({ x, weight }) =>
    rmsNorm(x, weight, 1e-5),
  ),
  large(
    'rotary',
    {
      x: trained([3, 67, 4 * 16]),
      cos: rotaryTable(80, 8, Math.cos),
      sin: rotaryTable(80, 8, Math.sin),
    },
    ({ x, cos, sin }) => rotary(x, cos, sin, 4),
  ),
  large(
    'attention',
    {
      query: trained([3, 67, 4 * 16], -2, 2),
      key: trained([3, 67, 2 * 16], -2, 2),
      value: trained([3, 67, 2 * 16]),
      mask: causalMask(67),
    },
    ({ query, key, value, mask }) =>
      attention(query, key, value, mask, { heads: 4, keyValueHeads: 2, scale: 0.25 }),
  ),
]
