import { attention } from '../ops/attention.ts'
import { cachedAttention } from '../ops/cached-attention.ts'
import { gatherRows } from '../ops/gather.ts'
import { reshape } from '../ops/reshape.ts'
import { rotary } from '../ops/rotary.ts'
import {
  causalMask,
  frozen,
  integers,
  type OpCase,
  opCase,
  rotaryTable,
  stated,
  trained,
} from './op-case.ts'

const lengths = {
  runs: [
    { batch: 2, seq: 3 },
    { batch: 1, seq: 4 },
    { batch: 2, seq: 1 },
    { batch: 2, seq: 3 },
  ],
}

const rotaryCases = [1, 2].map((heads) =>
  opCase(
    'rotary',
    heads === 1 ? 'of one head' : `of ${heads} heads, tables longer than the sequence`,
    {
      x: trained(['batch', 'seq', 4 * heads]),
      cos: rotaryTable(6, 2, Math.cos),
      sin: rotaryTable(6, 2, Math.sin),
    },
    ({ x, cos, sin }) => rotary(x, cos, sin, heads),
    lengths,
  ),
)

const rotaryAtPositions = opCase(
  'rotary',
  'at stated positions',
  {
    x: trained([2, 3, 4]),
    cos: rotaryTable(6, 2, Math.cos),
    sin: rotaryTable(6, 2, Math.sin),
    positions: integers([2, 3], [0, 1, 1, 5, 0, 2]),
  },
  ({ x, cos, sin, positions }) => rotary(x, cos, sin, 1, positions),
)

const headShapes = [
  { name: 'one head', heads: 1, keyValueHeads: 1 },
  { name: 'as many key heads as query heads', heads: 2, keyValueHeads: 2 },
  { name: 'grouped queries', heads: 4, keyValueHeads: 2 },
  { name: 'one key head for all', heads: 3, keyValueHeads: 1 },
]

const byHeads = headShapes.map(({ name, heads, keyValueHeads }) =>
  opCase(
    'attention',
    name,
    {
      query: trained(['batch', 'seq', 2 * heads], -2, 2),
      key: trained(['batch', 'seq', 2 * keyValueHeads], -2, 2),
      value: trained(['batch', 'seq', 2 * keyValueHeads]),
      mask: causalMask('seq'),
    },
    ({ query, key, value, mask }) =>
      attention(query, key, value, mask, { heads, keyValueHeads, scale: 0.7 }),
    lengths,
  ),
)

/** Scores of up to 8 · 0.7 under a cap of 2: bent, and saturated. */
const capped = headShapes.slice(1, 3).map(({ name, heads, keyValueHeads }) =>
  opCase(
    'attention',
    `${name}, capped scores`,
    {
      query: trained(['batch', 'seq', 2 * heads], -2, 2),
      key: trained(['batch', 'seq', 2 * keyValueHeads], -2, 2),
      value: trained(['batch', 'seq', 2 * keyValueHeads]),
      mask: causalMask('seq'),
    },
    ({ query, key, value, mask }) =>
      attention(query, key, value, mask, { heads, keyValueHeads, scale: 0.7, cap: 2 }),
    lengths,
  ),
)

const unmasked = opCase(
  'attention',
  'without a mask',
  {
    query: trained([2, 3, 4]),
    key: trained([2, 3, 4]),
    value: trained([2, 3, 4]),
    mask: frozen([3, 3], 0, 0),
  },
  ({ query, key, value, mask }) =>
    attention(query, key, value, mask, { heads: 2, keyValueHeads: 2, scale: 0.5 }),
)

/** A branch of each tree does not see the other. */
const trees = opCase(
  'attention',
  'with a mask of each sequence',
  {
    query: trained([2, 3, 4], -2, 2),
    key: trained([2, 3, 2], -2, 2),
    value: trained([2, 3, 2]),
    mask: {
      ...stated(
        [2, 1, 1, 3, 3],
        [
          [0, -1e9, -1e9, 0, 0, -1e9, 0, -1e9, 0],
          [0, -1e9, -1e9, 0, 0, -1e9, 0, 0, 0],
        ].flat(),
      ),
      differentiable: false,
    },
  },
  ({ query, key, value, mask }) =>
    attention(query, key, value, mask, { heads: 2, keyValueHeads: 1, scale: 0.6 }),
)

const sharp = opCase(
  'attention',
  'of scores near 10⁴',
  {
    query: trained([1, 3, 2], 50, 100),
    key: trained([1, 3, 2], -100, 100),
    value: trained([1, 3, 2]),
    mask: causalMask(3),
  },
  ({ query, key, value, mask }) =>
    attention(query, key, value, mask, { heads: 1, keyValueHeads: 1, scale: 1 }),
  { kind: 'extreme' },
)

interface CachedCase {
  headDim?: number
  name: string
  heads: number
  keyValueHeads: number
  batch: number
  seq: number
  slots: number
  window: number | null
  cap?: number
  lengths: readonly number[]
  total: number
}

/**
 * Attended rows and cache slots beyond a sequence's length are not defined, so a case reads the defined ones only.
 */
function cachedCase(op: 'cachedAttention' | 'part', c: CachedCase): OpCase {
  const { headDim = 16, heads, keyValueHeads, batch, seq, slots, window, total } = c
  const isPrompt = seq === total
  const attendedRows: number[] = []
  const cacheRows: number[] = []
  c.lengths.forEach((last, b) => {
    for (let t = 0; t < seq; t++) if (!isPrompt || t <= last) attendedRows.push(b * seq + t)
    for (let h = 0; h < keyValueHeads; h++)
      for (let slot = 0; slot <= last; slot++)
        cacheRows.push((b * keyValueHeads + h) * slots + slot)
  })
  const cache = frozen([batch, keyValueHeads, slots, headDim])
  return opCase(
    op,
    c.name,
    {
      query: frozen([batch, seq, heads * headDim], -2, 2),
      key: frozen([batch, seq, keyValueHeads * headDim], -2, 2),
      value: frozen([batch, seq, keyValueHeads * headDim]),
      pastKey: cache,
      pastValue: cache,
      lengths: integers([batch], c.lengths),
      total: integers([1], [total]),
      cos: rotaryTable(slots, headDim / 2, Math.cos),
      sin: rotaryTable(slots, headDim / 2, Math.sin),
      attendedRows: integers([attendedRows.length], attendedRows),
      cacheRows: integers([cacheRows.length], cacheRows),
    },
    ({
      query,
      key,
      value,
      pastKey,
      pastValue,
      lengths,
      total,
      cos,
      sin,
      attendedRows,
      cacheRows,
    }) => {
      const result = cachedAttention(
        { query, key, value, pastKey, pastValue, lengths, total, cos, sin },
        { heads, keyValueHeads, scale: 0.4, window, ...(c.cap && { cap: c.cap }) },
      )
      const attended = reshape(result.attended, [batch * seq, heads * headDim])
      const slotsOf = (x: typeof key) =>
        gatherRows(reshape(x, [batch * keyValueHeads * slots, headDim]), cacheRows)
      return op === 'part'
        ? { key: slotsOf(result.key), value: slotsOf(result.value) }
        : { attended: gatherRows(attended, attendedRows) }
    },
  )
}

const cachedShapes: readonly CachedCase[] = [
  {
    name: 'prompt of one token',
    ...{ heads: 2, keyValueHeads: 2, batch: 1, seq: 1, slots: 4, window: null },
    ...{ lengths: [0], total: 1 },
  },
  {
    name: 'ragged prompts',
    ...{ heads: 2, keyValueHeads: 2, batch: 3, seq: 5, slots: 8, window: null },
    ...{ lengths: [4, 1, 2], total: 5 },
  },
  {
    name: 'ragged prompts, grouped queries',
    ...{ heads: 4, keyValueHeads: 2, batch: 2, seq: 5, slots: 5, window: null },
    ...{ lengths: [2, 4], total: 5 },
  },
  {
    name: 'ragged prompts in a window',
    ...{ heads: 2, keyValueHeads: 1, batch: 2, seq: 6, slots: 8, window: 3 },
    ...{ lengths: [5, 3], total: 6 },
  },
  {
    name: 'a token after ragged prompts',
    ...{ heads: 2, keyValueHeads: 2, batch: 3, seq: 1, slots: 8, window: null },
    ...{ lengths: [5, 2, 3], total: 6 },
  },
  {
    name: 'a token after ragged prompts, grouped queries',
    ...{ heads: 4, keyValueHeads: 2, batch: 2, seq: 1, slots: 8, window: null },
    ...{ lengths: [3, 7], total: 8 },
  },
  {
    name: 'a token in a window',
    ...{ heads: 2, keyValueHeads: 1, batch: 3, seq: 1, slots: 8, window: 3 },
    ...{ lengths: [7, 1, 2], total: 8 },
  },
  {
    name: 'ragged prompts, heads of 8',
    ...{ heads: 2, keyValueHeads: 1, batch: 2, seq: 3, slots: 4, window: null },
    ...{ lengths: [2, 1], total: 3, headDim: 8 },
  },
  {
    name: 'a token, heads of 12',
    ...{ heads: 4, keyValueHeads: 2, batch: 2, seq: 1, slots: 8, window: 4 },
    ...{ lengths: [3, 7], total: 8, headDim: 12 },
  },
  {
    name: 'ragged prompts in a window, capped scores',
    ...{ heads: 4, keyValueHeads: 2, batch: 2, seq: 6, slots: 8, window: 3, cap: 1.5 },
    ...{ lengths: [5, 3], total: 6 },
  },
  {
    name: 'a token, capped scores, heads of 8',
    ...{ heads: 2, keyValueHeads: 1, batch: 2, seq: 1, slots: 8, window: null, cap: 1.5 },
    ...{ lengths: [3, 7], total: 8, headDim: 8 },
  },
  {
    name: 'a token in a window of one',
    ...{ heads: 2, keyValueHeads: 2, batch: 2, seq: 1, slots: 6, window: 1 },
    ...{ lengths: [4, 2], total: 5 },
  },
]

/** Cases of attention, its positions and its cache. */
export const attentionCases: readonly OpCase[] = [
  ...rotaryCases,
  rotaryAtPositions,
  ...byHeads,
  ...capped,
  unmasked,
  trees,
  sharp,
  ...cachedShapes.map((shape) => cachedCase('cachedAttention', shape)),
  ...cachedShapes.map((shape) => cachedCase('part', shape)),
]
