import { lengthBatches } from '../data/length-batches.ts'
import type { Program } from '../engine/engine.ts'
import type { Memory } from '../engine/memory.ts'
import { maskName, tableValues } from './attention-inputs.ts'
import {
  type CachePool,
  copyStretches,
  type KeyValueCache,
  type Stretch,
} from './key-value-cache.ts'
import type { LanguageModel } from './model.ts'
import { type TokenTree, treeOf } from './token-tree.ts'
import { depthOf, treeMask, treeTokens } from './tree-batch.ts'

/** Tokens of trees in one pass: each looks at many keys, and more of them do not stay in the caches; measured. */
export const tokensPerPass = 1024

/** What is said after rows of tokens: their likeliest next tokens, or all logits. */
export type Said = Int32Array | Float32Array

/**
 * Fills a cache with the keys and values of prompts, and what is said after them, from trees in which they share what they
 * have in common.
 *
 * @param pieces places of the prompts of each tree
 * @param to.run a pass over trees: gives `said` and keys and values by the names of a cache
 */
export async function fillFromTrees(
  prompts: readonly Int32Array[],
  pieces: readonly (readonly number[])[],
  to: {
    readonly memory: Memory
    readonly model: LanguageModel
    readonly pool: CachePool
    readonly run: Program['run']
    readonly cache: KeyValueCache
    readonly slots: number
    readonly said: Said
  },
): Promise<void> {
  const { memory, model, pool, cache, slots, said } = to
  const planted = pieces.map((places) => ({
    places,
    tree: treeOf(places.map((place) => prompts[place])),
  }))
  const width = said.length / prompts.length
  for (const chosen of lengthBatches(
    planted.map(({ tree }) => tree),
    tokensPerPass,
  )) {
    const own = chosen.map((i) => planted[i])
    const trees = own.map(({ tree }) => tree)
    const { tokens, positions } = treeTokens(trees, 0)
    const [count, seq] = tokens.shape
    const depth = depthOf(trees)
    const ends = own.flatMap(({ tree }, b) => tree.paths.map((path) => b * seq + lastOf(path)))
    const answers = said.slice(0, ends.length * width)
    const made = pool.take(count, seq)
    await to.run(
      {
        tokens,
        positions,
        ...Object.fromEntries(
          model.windows.map((_, window) => {
            const chain = { data: model.mask(depth, window), shape: [depth, depth] }
            return [maskName(window), treeMask(trees, chain)]
          }),
        ),
        ...tableValues(model, seq),
        rows: { data: Int32Array.from(ends), shape: [ends.length] },
      },
      { ...made.outputs, said: answers },
    )
    const stretches = own.flatMap(({ places, tree }, b) =>
      places.flatMap((place, i) => stretchesOf(tree.paths[i], b, place)),
    )
    await copyStretches(memory, model, stretches, { cache: made, slots: seq }, { cache, slots })
    pool.giveBack(made)
    for (const [i, place] of own.flatMap(({ places }) => places).entries())
      said.set(answers.subarray(i * width, (i + 1) * width), place * width)
  }
}

/** The pieces of a path that lie one after another in its tree. */
function stretchesOf(path: TokenTree['paths'][number], tree: number, row: number): Stretch[] {
  const breaks = path.flatMap((node, i) => (i > 0 && node === path[i - 1] + 1 ? [] : [i]))
  return breaks.map((start, k) => ({
    from: { row: tree, slot: path[start] },
    to: { row, slot: start },
    length: (breaks[k + 1] ?? path.length) - start,
  }))
}

const lastOf = (path: readonly number[]) => path[path.length - 1]
