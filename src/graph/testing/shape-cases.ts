import { add, mul, square } from '../ops/arithmetic.ts'
import { mean } from '../ops/mean.ts'
import { expand, sum } from '../ops/reduce.ts'
import { reshape, transpose } from '../ops/reshape.ts'
import { constant, input, parameter, stopGradient } from '../ops/source.ts'
import { frozen, integers, type OpCase, opCase, trained } from './op-case.ts'

const named = {
  runs: [
    { batch: 2, seq: 3 },
    { batch: 1, seq: 5 },
    { batch: 4, seq: 1 },
    { batch: 2, seq: 3 },
  ],
}

const sourceCases = [
  opCase('input', 'handed through', { x: frozen(['batch', 2]) }, ({ x }) => x, {
    runs: [{ batch: 2 }, { batch: 3 }],
  }),
  opCase('input', 'of integers handed through', { x: integers([3], [-1, 0, 7]) }, ({ x }) => x),
  opCase('input', 'declared by the op', { x: frozen([3]) }, () => input('x', [3])),
  opCase('parameter', 'declared by the op', { x: frozen([3]) }, () => parameter('x', [3])),
  opCase('constant', 'alone', {}, () => constant(Float32Array.of(1, -2, 0.5, 3), [2, 2])),
  opCase('constant', 'of integers', {}, () => constant(Int32Array.of(3, -1), [2])),
  opCase('constant', 'as an operand', { x: trained([2, 3]) }, ({ x }) =>
    mul(x, constant(Float32Array.of(1, -2, 0.5), [3])),
  ),
  opCase('stopGradient', 'alone', { x: frozen([3]) }, ({ x }) => stopGradient(x)),
  opCase('stopGradient', 'on an input', { x: frozen([3]), y: trained([3]) }, ({ x, y }) =>
    mul(stopGradient(square(x)), y),
  ),
]

const reduceCases = [
  opCase('sum', 'of everything', { x: trained([2, 3]) }, ({ x }) => sum(x)),
  opCase('sum', 'of a scalar', { x: trained([]) }, ({ x }) => sum(x)),
  opCase('sum', 'along no axis', { x: trained([2, 3]) }, ({ x }) => sum(x, [])),
  opCase('sum', 'along the first axis', { x: trained([2, 3]) }, ({ x }) => sum(x, [0])),
  opCase('sum', 'along the last axis, kept', { x: trained([2, 3]) }, ({ x }) => sum(x, [1], true)),
  opCase('sum', 'along outer axes', { x: trained([2, 3, 2]) }, ({ x }) => sum(x, [0, 2])),
  opCase('sum', 'along outer axes, kept', { x: trained([2, 3, 2]) }, ({ x }) =>
    sum(x, [0, 2], true),
  ),
  opCase('sum', 'along axes in another order', { x: trained([2, 3, 2]) }, ({ x }) =>
    sum(x, [2, 0]),
  ),
  opCase('sum', 'along an axis of length 1', { x: trained([2, 1, 3]) }, ({ x }) => sum(x, [1])),
  opCase('sum', 'beside an axis of length 1', { x: trained([2, 1, 3]) }, ({ x }) => sum(x, [2])),
  opCase(
    'sum',
    'of everything over named axes',
    { x: trained(['batch', 'seq', 2]) },
    ({ x }) => sum(x),
    named,
  ),
  opCase(
    'sum',
    'along a named axis',
    { x: trained(['batch', 'seq', 2]) },
    ({ x }) => sum(x, [1]),
    named,
  ),
  opCase('mean', 'along the last axis', { x: trained(['batch', 4]) }, ({ x }) => mean(x, [1]), {
    runs: [{ batch: 2 }, { batch: 1 }],
  }),
  opCase('mean', 'kept', { x: trained([2, 3, 2]) }, ({ x }) => mean(x, [1, 2], true)),
]

const layoutCases = [
  opCase('reshape', 'of fixed lengths', { x: trained([2, 6]) }, ({ x }) => reshape(x, [3, 4])),
  opCase('reshape', 'to a scalar', { x: trained([1, 1]) }, ({ x }) => reshape(x, [])),
  opCase(
    'reshape',
    'joining named axes',
    { x: trained(['batch', 'seq', 2]) },
    ({ x }) => reshape(x, ['batch*seq', 2]),
    named,
  ),
  opCase(
    'reshape',
    'splitting named axes',
    { x: trained(['batch*seq', 4]), mask: frozen(['batch', 'seq']) },
    ({ x, mask }) => mul(reshape(x, ['batch', 'seq', 2, 2]), reshape(mask, ['batch', 'seq', 1, 1])),
    named,
  ),
  opCase(
    'reshape',
    'joining a group with a named axis',
    { x: trained(['batch', 2, 'seq', 3]) },
    ({ x }) => reshape(x, ['batch', '2*seq', 3]),
    named,
  ),
  opCase('reshape', 'to the same shape', { x: trained([2, 2]) }, ({ x }) => reshape(x, [2, 2])),
  opCase('transpose', 'of a matrix', { x: trained([2, 3]) }, ({ x }) => transpose(x, [1, 0])),
  opCase(
    'transpose',
    'to heads',
    { x: trained(['batch', 'seq', 2, 3]) },
    ({ x }) => transpose(x, [0, 2, 1, 3]),
    named,
  ),
  opCase(
    'transpose',
    'back from heads',
    { x: trained(['batch', 2, 'seq', 3]) },
    ({ x }) => reshape(transpose(x, [0, 2, 1, 3]), ['batch', 'seq', 6]),
    named,
  ),
  opCase('transpose', 'in a cycle', { x: trained([2, 3, 4]) }, ({ x }) => transpose(x, [2, 0, 1])),
  opCase('transpose', 'that changes nothing', { x: trained([2, 3]) }, ({ x }) =>
    transpose(x, [0, 1]),
  ),
  opCase('expand', 'of an axis of length 1', { x: trained([2, 1]) }, ({ x }) => expand(x, [2, 3])),
  opCase('expand', 'of a scalar', { x: trained([]) }, ({ x }) => expand(x, [2, 2])),
  opCase(
    'expand',
    'along named axes',
    { x: trained(['batch', 1, 2]), like: frozen(['batch', 'seq', 2]) },
    ({ x, like }) => add(expand(x, ['batch', 'seq', 2]), like),
    named,
  ),
]

/** Cases of sources, sums and changes of shape. */
export const shapeCases: readonly OpCase[] = [...sourceCases, ...reduceCases, ...layoutCases]
