import { argMax, rowMax } from '../ops/arg-max.ts'
import { add, mul } from '../ops/arithmetic.ts'
import { embedding, gatherRows, pickLabels, scatterRows, spreadLabels } from '../ops/gather.ts'
import { labelLogProb } from '../ops/label-log-prob.ts'
import { matmul } from '../ops/matmul.ts'
import { rmsNorm } from '../ops/rms-norm.ts'
import { sign } from '../ops/sign.ts'
import { logSoftmax, softmax } from '../ops/softmax.ts'
import { integers, labels, type OpCase, opCase, stated, trained, uniqueRows } from './op-case.ts'

const transposes = [
  { transposeA: false, transposeB: false },
  { transposeA: true, transposeB: false },
  { transposeA: false, transposeB: true },
  { transposeA: true, transposeB: true },
]

const matmulCases = [
  ...transposes.flatMap(({ transposeA, transposeB }) => {
    const which = `${transposeA ? 'Aᵀ' : 'A'}·${transposeB ? 'Bᵀ' : 'B'}`
    const a = transposeA ? [3, 2] : [2, 3]
    const b = transposeB ? [4, 3] : [3, 4]
    const options = { transposeA, transposeB }
    return [
      opCase('matmul', which, { a: trained(a), b: trained(b) }, ({ a, b }) =>
        matmul(a, b, options),
      ),
      opCase('matmul', `0.5·${which}`, { a: trained(a), b: trained(b) }, ({ a, b }) =>
        matmul(a, b, { ...options, alpha: 0.5 }),
      ),
      opCase(
        'matmul',
        `${which} per head`,
        { a: trained(['batch', 2, ...a]), b: trained(['batch', 2, ...b]) },
        ({ a, b }) => matmul(a, b, options),
        { runs: [{ batch: 2 }, { batch: 1 }] },
      ),
      opCase(
        'matmul',
        `−2·${which} per batch`,
        { a: trained([3, ...a]), b: trained([3, ...b]) },
        ({ a, b }) => matmul(a, b, { ...options, alpha: -2 }),
      ),
    ]
  }),
  opCase(
    'matmul',
    'of named rows',
    { a: trained(['batch*seq', 3]), b: trained([3, 2]), like: trained(['batch', 'seq']) },
    ({ a, b, like }) => ({ y: matmul(a, b), like: mul(like, like) }),
    {
      runs: [
        { batch: 2, seq: 3 },
        { batch: 1, seq: 1 },
      ],
    },
  ),
  opCase(
    'matmul',
    'over a named inner axis',
    { a: trained(['answers', 2]), b: trained(['answers', 3]) },
    ({ a, b }) => matmul(a, b, { transposeA: true }),
    { runs: [{ answers: 4 }, { answers: 1 }] },
  ),
  opCase('matmul', 'of a matrix and itself', { a: trained([3, 3]) }, ({ a }) => matmul(a, a)),
  opCase('matmul', 'of a matrix and its transpose', { a: trained([2, 3]) }, ({ a }) =>
    matmul(a, a, { transposeB: true }),
  ),
  opCase(
    'matmul',
    'plus a residual',
    { a: trained([2, 3]), b: trained([3, 4]), c: trained([2, 4]) },
    ({ a, b, c }) => add(c, matmul(a, b, { alpha: 0.5 })),
  ),
  opCase(
    'matmul',
    'plus a bias',
    { a: trained([2, 3]), b: trained([3, 4]), c: trained([4]) },
    ({ a, b, c }) => add(matmul(a, b), c),
  ),
  opCase(
    'matmul',
    'plus another',
    { a: trained([2, 3]), b: trained([3, 4]), c: trained([2, 3]) },
    ({ a, b, c }) => add(matmul(a, b), matmul(c, b)),
  ),
  opCase(
    'matmul',
    'used beside its own sum',
    { a: trained([2, 3]), b: trained([3, 4]), c: trained([2, 4]) },
    ({ a, b, c }) => {
      const product = matmul(a, b)
      return mul(add(product, c), product)
    },
  ),
  opCase('matmul', 'twice itself', { a: trained([2, 3]), b: trained([3, 4]) }, ({ a, b }) => {
    const product = matmul(a, b)
    return add(product, product)
  }),
  opCase(
    'matmul',
    'smaller than what is added',
    { a: trained([1, 3]), b: trained([3, 4]), c: trained([2, 4]) },
    ({ a, b, c }) => add(matmul(a, b), c),
  ),
]

const rowCases = [
  opCase(
    'embedding',
    'of repeated tokens',
    { weight: trained([5, 3]), tokens: integers([4], [2, 0, 2, 4]) },
    ({ weight, tokens }) => embedding(weight, tokens),
  ),
  opCase(
    'embedding',
    'of a named count',
    { weight: trained([5, 3]), tokens: labels(['batch*seq'], 5), like: trained(['batch', 'seq']) },
    ({ weight, tokens, like }) => ({ y: embedding(weight, tokens), like: mul(like, like) }),
    {
      runs: [
        { batch: 2, seq: 3 },
        { batch: 1, seq: 1 },
      ],
    },
  ),
  opCase(
    'embedding',
    'looked up twice',
    { weight: trained([4, 2]), first: integers([2], [1, 3]), second: integers([3], [3, 0, 1]) },
    ({ weight, first, second }) => ({
      first: embedding(weight, first),
      second: embedding(weight, second),
    }),
  ),
  opCase(
    'gatherRows',
    'out of order',
    { x: trained([5, 2]), rows: integers([3], [4, 0, 2]) },
    ({ x, rows }) => gatherRows(x, rows),
  ),
  opCase(
    'gatherRows',
    'of a named count',
    { x: trained(['seq', 2]), rows: uniqueRows(['answers'], 4) },
    ({ x, rows }) => gatherRows(x, rows),
    {
      runs: [
        { seq: 4, answers: 2 },
        { seq: 6, answers: 4 },
        { seq: 4, answers: 1 },
      ],
    },
  ),
  opCase(
    'scatterRows',
    'into zeros',
    { x: trained([2, 3]), rows: integers([2], [3, 1]) },
    ({ x, rows }) => scatterRows(x, rows, [4, 3]),
  ),
  opCase(
    'scatterRows',
    'into a named length',
    { x: trained(['answers', 2]), rows: uniqueRows(['answers'], 4), like: trained(['seq', 2]) },
    ({ x, rows, like }) => add(scatterRows(x, rows, ['seq', 2]), like),
    {
      runs: [
        { seq: 4, answers: 2 },
        { seq: 6, answers: 4 },
      ],
    },
  ),
  opCase(
    'pickLabels',
    'one per row',
    { x: trained(['answers', 4]), chosen: labels(['answers'], 4) },
    ({ x, chosen }) => pickLabels(x, chosen),
    { runs: [{ answers: 5 }, { answers: 1 }] },
  ),
  opCase(
    'sign',
    'of both signs and of zero',
    { x: { ...stated([5], [-3, -1e-30, 0, 1e-30, 1e4]), differentiable: false } },
    ({ x }) => sign(x),
  ),
  opCase(
    'argMax',
    'the first of the largest',
    {
      x: {
        ...stated([3, 4], [1, 3, 2, 3, -1e4, -2e4, -1e4, -3e4, 0, 0, 0, 1e-3]),
        differentiable: false,
      },
    },
    ({ x }) => argMax(x),
  ),
  opCase('rowMax', 'of named rows', { x: trained(['answers', 5]) }, ({ x }) => rowMax(x), {
    runs: [{ answers: 3 }, { answers: 1 }],
  }),
  opCase(
    'spreadLabels',
    'one per row',
    { x: trained(['answers']), chosen: labels(['answers'], 4) },
    ({ x, chosen }) => spreadLabels(x, chosen, ['answers', 4]),
    { runs: [{ answers: 5 }, { answers: 1 }] },
  ),
]

/** Rows at the edge: huge and tiny, all equal, one far above, masked with −10⁹ and with −∞, fully masked. */
const edgeRows: readonly number[] = [
  ...[100, -100, 0, 1],
  ...[1e4, -1e4, 0, 100],
  ...[1e4, 1e4, 1e4, 1e4],
  ...[-1e4, -1e4, -1e4, -1e4],
  ...[0.5, -1e9, 0.25, -1e9],
  ...[0.5, -Infinity, 0.25, -Infinity],
  ...[-1e9, -1e9, -1e9, -1e9],
  ...[1, 2, 3, -1e9],
]

const softmaxCases = Object.entries({ softmax, logSoftmax }).flatMap(([op, apply]) => [
  opCase(op, 'of a vector', { x: trained([5], -3, 3) }, ({ x }) => apply(x)),
  opCase(op, 'of rows', { x: trained(['answers', 5], -3, 3) }, ({ x }) => apply(x), {
    runs: [{ answers: 2 }, { answers: 1 }],
  }),
  opCase(op, 'along a named axis', { x: trained([2, 'seq', 'seq'], -3, 3) }, ({ x }) => apply(x), {
    runs: [{ seq: 3 }, { seq: 1 }],
  }),
  opCase(op, 'of length 1', { x: trained([3, 1], -3, 3) }, ({ x }) => apply(x)),
  opCase(op, 'of extreme rows', { x: stated([8, 4], edgeRows) }, ({ x }) => apply(x), {
    kind: 'extreme',
  }),
])

const labelLogProbCases = [
  opCase(
    'labelLogProb',
    'of a few answers',
    { hidden: trained(['answers', 3]), weight: trained([5, 3]), chosen: labels(['answers'], 5) },
    ({ hidden, weight, chosen }) => labelLogProb(hidden, weight, chosen),
    { runs: [{ answers: 4 }, { answers: 1 }] },
  ),
  opCase(
    'labelLogProb',
    'of repeated labels',
    { hidden: trained([3, 2]), weight: trained([4, 2]), chosen: integers([3], [1, 1, 3]) },
    ({ hidden, weight, chosen }) => labelLogProb(hidden, weight, chosen),
  ),
  opCase(
    'labelLogProb',
    'with the embedding as its head',
    {
      weight: trained([5, 3]),
      tokens: integers([4], [2, 0, 2, 4]),
      chosen: integers([4], [0, 2, 4, 4]),
    },
    ({ weight, tokens, chosen }) => labelLogProb(embedding(weight, tokens), weight, chosen),
  ),
  opCase(
    'labelLogProb',
    'of a vocabulary of 1',
    { hidden: trained([2, 3]), weight: trained([1, 3]), chosen: integers([2], [0, 0]) },
    ({ hidden, weight, chosen }) => labelLogProb(hidden, weight, chosen),
  ),
  opCase(
    'labelLogProb',
    'of extreme logits',
    {
      // Logits of each row: its hidden value times 1, −1, 0.
      hidden: stated([6, 1], [100, 100, 1e4, 1e4, -1e4, 0]),
      weight: stated([3, 1], [1, -1, 0]),
      chosen: integers([6], [0, 1, 0, 2, 1, 2]),
    },
    ({ hidden, weight, chosen }) => labelLogProb(hidden, weight, chosen),
    { kind: 'extreme' },
  ),
]

const rmsNormCases = [
  opCase(
    'rmsNorm',
    'of rows',
    { x: trained(['answers', 4], -2, 2), weight: trained([4], 0.5, 2) },
    ({ x, weight }) => rmsNorm(x, weight, 1e-5),
    { runs: [{ answers: 3 }, { answers: 1 }] },
  ),
  opCase(
    'rmsNorm',
    'with an ε that matters',
    { x: trained([2, 3], -0.5, 0.5), weight: trained([3]) },
    ({ x, weight }) => rmsNorm(x, weight, 0.25),
  ),
  opCase(
    'rmsNorm',
    'of length 1',
    { x: trained([3, 1], 0.5, 2), weight: trained([1]) },
    ({ x, weight }) => rmsNorm(x, weight, 1e-2),
  ),
  opCase(
    'rmsNorm',
    'of extreme rows',
    {
      x: stated([5, 2], [0, 0, 100, -100, 1e4, 1e4, 1e4, -1e-4, 1e-4, 1e-4]),
      weight: stated([2], [1, 2]),
    },
    ({ x, weight }) => rmsNorm(x, weight, 1e-5),
    { kind: 'extreme' },
  ),
]

const held = (shape: readonly number[], numbers: readonly number[]) => ({
  ...stated(shape, numbers),
  differentiable: false,
})

/** Values alone: gradients of these are differences, small beside their terms. */
const rangeCases = [
  opCase(
    'softmax',
    'over its range',
    {
      x: held(
        [3, 8],
        [
          ...[0, -1, -5, -10, -20, -40, -60, -85],
          ...[100, 99, 95, 90, 80, 60, 40, 15],
          ...[-1e3, -1001, -1005, -1010, -1020, -1040, -1060, -1085],
        ],
      ),
    },
    ({ x }) => softmax(x),
    { kind: 'extreme' },
  ),
  opCase(
    'rmsNorm',
    'over its range',
    {
      x: held(
        [6, 3],
        [1e-15, 3, -0.5].flatMap((x) => [x, -2 * x, 1e-5 * x, 1e4 * x, x, 1e-9 * x]),
      ),
      weight: held([3], [1, 1e-6, 1e5]),
    },
    ({ x, weight }) => rmsNorm(x, weight, 1e-5),
    { kind: 'extreme' },
  ),
]

/** Cases of products, rows, normalisations and the head. */
export const linearCases: readonly OpCase[] = [
  ...matmulCases,
  ...rowCases,
  ...softmaxCases,
  ...labelLogProbCases,
  ...rmsNormCases,
  ...rangeCases,
]
