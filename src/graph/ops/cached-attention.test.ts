import { describe, expect, test } from 'vitest'
import { evaluate } from '../../engine/testing/evaluate-nodes.ts'
import { gaussian } from '../../math/random.ts'
import { attention, cachedAttention, input, rotary } from '../index.ts'

const headDim = 4
const slots = 8

interface Heads {
  heads: number
  keyValueHeads: number
  scale: number
}

/** Rows of projections of one sequence. */
interface Projected {
  query: number[][]
  key: number[][]
  value: number[][]
}

const tables = (turn: (angle: number) => number) => ({
  data: Array.from({ length: slots * (headDim / 2) }, (_, i) =>
    turn(Math.floor(i / 2) / (i % 2 ? 10 : 1)),
  ),
  shape: [slots, headDim / 2],
})
const rotation = { cos: tables(Math.cos), sin: tables(Math.sin) }

function project(length: number, { heads, keyValueHeads }: Heads, seed: number): Projected {
  const rows = (name: string, width: number) =>
    Array.from({ length }, (_, t) =>
      Array.from({ length: width }, (_, i) => gaussian(seed, [name], t * width + i)),
    )
  return {
    query: rows('query', heads * headDim),
    key: rows('key', keyValueHeads * headDim),
    value: rows('value', keyValueHeads * headDim),
  }
}

/** The slow way: the whole sequence at once, through rotary and attention with a mask. */
async function wholeSequence(x: Projected, options: Heads, window: number | null) {
  const seq = x.query.length
  const shaped = (rows: number[][]) => ({ data: rows.flat(), shape: [1, seq, rows[0].length] })
  const node = (name: keyof Projected) => input(name, [1, seq, x[name][0].length])
  const [cos, sin] = [input('cos', [slots, 2]), input('sin', [slots, 2])]
  const turned = (name: 'query' | 'key', heads: number) => rotary(node(name), cos, sin, heads)
  const y = attention(
    turned('query', options.heads),
    turned('key', options.keyValueHeads),
    node('value'),
    input('mask', [seq, seq]),
    options,
  )
  const sees = (i: number, j: number) => j <= i && (window === null || i - j < window)
  const mask = Array.from({ length: seq * seq }, (_, at) =>
    sees(Math.floor(at / seq), at % seq) ? 0 : -1e9,
  )
  const results = await evaluate(
    { y },
    {
      query: shaped(x.query),
      key: shaped(x.key),
      value: shaped(x.value),
      mask: { data: mask, shape: [seq, seq] },
      ...rotation,
    },
  )
  const width = x.query[0].length
  return Array.from({ length: seq }, (_, t) => results.y.slice(t * width, (t + 1) * width))
}

/** Prompts of the given lengths at once, then token by token to the end of each sequence. */
async function throughCache(
  sequences: readonly Projected[],
  prompts: readonly number[],
  options: Heads,
  window: number | null,
) {
  const batch = sequences.length
  const cacheShape = [batch, options.keyValueHeads, slots, headDim]
  const empty = new Float64Array(batch * options.keyValueHeads * slots * headDim)
  let cache: Record<'pastKey' | 'pastValue', Float64Array> = { pastKey: empty, pastValue: empty }
  const attended = sequences.map((): Float64Array[] => [])
  const longest = Math.max(...prompts)

  const step = async (starts: readonly number[], seq: number, lengths: number[], total: number) => {
    const names = ['query', 'key', 'value'] as const
    const node = Object.fromEntries(
      names.map((name) => [name, input(name, [batch, seq, sequences[0][name][0].length])]),
    ) as Record<(typeof names)[number], ReturnType<typeof input>>
    const result = cachedAttention(
      {
        ...node,
        pastKey: input('pastKey', cacheShape),
        pastValue: input('pastValue', cacheShape),
        lengths: input('lengths', [batch], 'i32'),
        total: input('total', [1], 'i32'),
        cos: input('cos', [slots, 2]),
        sin: input('sin', [slots, 2]),
      },
      { ...options, window },
    )
    const rows = (name: (typeof names)[number]) => ({
      // Padding is filled with large numbers, which must not be seen.
      data: sequences.flatMap((x, b) =>
        Array.from({ length: seq }, (_, t) =>
          t <= lengths[b] - starts[b] ? x[name][starts[b] + t] : x[name][0].map(() => 1e6),
        ).flat(),
      ),
      shape: [batch, seq, sequences[0][name][0].length],
    })
    const results = await evaluate(
      { attended: result.attended, pastKey: result.key, pastValue: result.value },
      {
        query: rows('query'),
        key: rows('key'),
        value: rows('value'),
        pastKey: { data: cache.pastKey, shape: cacheShape },
        pastValue: { data: cache.pastValue, shape: cacheShape },
        lengths: { data: lengths, shape: [batch] },
        total: { data: [total], shape: [1] },
        ...rotation,
      },
    )
    cache = results
    const width = options.heads * headDim
    sequences.forEach((_, b) => {
      for (let t = 0; t <= lengths[b] - starts[b]; t++)
        attended[b].push(results.attended.slice((b * seq + t) * width, (b * seq + t + 1) * width))
    })
  }

  await step(
    prompts.map(() => 0),
    longest,
    prompts.map((length) => length - 1),
    longest,
  )
  const more = sequences[0].query.length - prompts[0]
  for (let n = 0; n < more; n++) {
    const at = prompts.map((length) => length + n)
    await step(at, 1, at, Math.max(...at) + 1)
  }
  return attended
}

describe('attention through the cache equals attention over the whole sequence', () => {
  const plain = { heads: 2, keyValueHeads: 2, scale: 0.5 }
  const grouped = { heads: 4, keyValueHeads: 2, scale: 0.5 }
  for (const { name, prompts, options, window } of [
    { name: 'one prompt', prompts: [3], options: plain, window: null },
    { name: 'a prompt of one token', prompts: [1], options: plain, window: null },
    { name: 'ragged prompts', prompts: [4, 1, 3], options: plain, window: null },
    { name: 'grouped queries', prompts: [2, 4], options: grouped, window: null },
    { name: 'a window of 3', prompts: [4, 1, 3], options: grouped, window: 3 },
    { name: 'a window of 1', prompts: [2, 3], options: plain, window: 1 },
    { name: 'a window longer than the cache', prompts: [2, 3], options: plain, window: 100 },
  ])
    test(name, async () => {
      const sequences = prompts.map((length, b) => project(length + 4, options, b))
      const attended = await throughCache(sequences, prompts, options, window)
      for (const [b, x] of sequences.entries()) {
        const whole = await wholeSequence(x, options, window)
        expect(attended[b].length).toBe(whole.length)
        whole.forEach((row, t) => {
          const error = Math.max(...row.map((value, i) => Math.abs(value - attended[b][t][i])))
          expect(error, `sequence ${b}, position ${t}`).toBeLessThan(1e-13)
        })
      }
    })
})
