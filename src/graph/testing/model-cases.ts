import { clip } from '../ops/clip.ts'
import { gelu, geluTanh } from '../ops/gelu.ts'
import { layerNorm } from '../ops/layer-norm.ts'
import { selectBlocks } from '../ops/select-blocks.ts'
import { type OpCase, opCase, stated, trained } from './op-case.ts'

const rows = { runs: [{ answers: 3 }, { answers: 1 }] }

const geluCases = Object.entries({ gelu, geluTanh }).flatMap(([op, apply]) => [
  opCase(op, 'of a vector', { x: trained([7], -4, 4) }, ({ x }) => apply(x)),
  opCase(op, 'over a named axis', { x: trained(['answers', 3], -4, 4) }, ({ x }) => apply(x), rows),
  opCase(
    op,
    'far from zero',
    { x: stated([7], [-1e4, -100, -30, 0, 30, 100, 1e4]) },
    ({ x }) => apply(x),
    { kind: 'extreme' },
  ),
  opCase(
    op,
    'from −4 to 21',
    {
      x: stated(
        [1001],
        Array.from({ length: 1001 }, (_, i) => -4 + 0.025 * i),
      ),
    },
    ({ x }) => apply(x),
    { kind: 'large' },
  ),
])

const clipCases = [
  opCase('clip', 'on both sides', { x: stated([6], [-3, -0.75, -0.25, 0.25, 0.75, 3]) }, ({ x }) =>
    clip(x, 0.5),
  ),
  opCase('clip', 'of named rows', { x: trained(['answers', 3]) }, ({ x }) => clip(x, 0.4), rows),
  opCase('clip', 'at the bound', { x: stated([3], [-2, 2, 1e4]) }, ({ x }) => clip(x, 2), {
    kind: 'extreme',
  }),
]

const layerNormCases = [
  opCase(
    'layerNorm',
    'of rows',
    {
      x: trained(['answers', 4], -2, 2),
      weight: trained([4], 0.5, 2),
      bias: trained([4]),
    },
    ({ x, weight, bias }) => layerNorm(x, weight, bias, 1e-5),
    rows,
  ),
  opCase(
    'layerNorm',
    'without a bias, with an ε that matters',
    { x: trained([2, 3], -0.5, 0.5), weight: trained([3]) },
    ({ x, weight }) => layerNorm(x, weight, null, 0.25),
  ),
  opCase(
    'layerNorm',
    'of odd, larger size',
    { x: trained([67, 48], -3, 3), weight: trained([48]), bias: trained([48]) },
    ({ x, weight, bias }) => layerNorm(x, weight, bias, 1e-5),
    { kind: 'large' },
  ),
]

const selectBlocksCases = [
  opCase('selectBlocks', 'reordered', { x: trained([2, 6]) }, ({ x }) =>
    selectBlocks(x, [2, 0, 1], 2),
  ),
  opCase(
    'selectBlocks',
    'some of named rows',
    { x: trained(['answers', 8]) },
    ({ x }) => selectBlocks(x, [3, 1], 2),
    rows,
  ),
  opCase('selectBlocks', 'of single columns', { x: trained([3, 4]) }, ({ x }) =>
    selectBlocks(x, [3, 0], 1),
  ),
  opCase(
    'selectBlocks',
    'of odd, larger size',
    { x: trained([67, 7 * 24]) },
    ({ x }) => selectBlocks(x, [6, 4, 2, 0], 24),
    { kind: 'large' },
  ),
]

/** Cases of the layers that only some model families have. */
export const modelCases: readonly OpCase[] = [
  ...geluCases,
  ...clipCases,
  ...layerNormCases,
  ...selectBlocksCases,
]
