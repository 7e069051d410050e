import type { HostTensor } from '../engine/engine.ts'
import { masked } from './decoder.ts'
import type { TokenTree } from './token-tree.ts'

/** Tokens and depths of trees as a batch, `[trees, seq]`, the shorter ones filled up. */
export function treeTokens(
  trees: readonly TokenTree[],
  padToken: number,
): { tokens: HostTensor; positions: HostTensor } {
  const shape = [trees.length, longestOf(trees)]
  const tokens = new Int32Array(shape[0] * shape[1]).fill(padToken)
  const positions = new Int32Array(tokens.length)
  for (const [b, tree] of trees.entries()) {
    tokens.set(tree.tokens, b * shape[1])
    positions.set(tree.depths, b * shape[1])
  }
  return { tokens: { data: tokens, shape }, positions: { data: positions, shape } }
}

/** `[trees, 1, 1, seq, seq]`: what each token may see. `chain`: the causal mask of one sequence of at least the trees' depth. */
export function treeMask(trees: readonly TokenTree[], chain: HostTensor): HostTensor {
  const seq = longestOf(trees)
  const seen = chain.data as Float32Array
  const deepest = chain.shape[1]
  const data = new Float32Array(trees.length * seq * seq).fill(masked)
  // What an earlier token may be seen from, by the distance in the text.
  for (const [b, tree] of trees.entries())
    for (const [i, depth] of tree.depths.entries())
      for (let j = i; j >= 0; j = tree.parents[j])
        data[(b * seq + i) * seq + j] = seen[depth * deepest + tree.depths[j]]
  return { data, shape: [trees.length, 1, 1, seq, seq] }
}

/** How many tokens of one sequence follow one another in trees. */
export function depthOf(trees: readonly TokenTree[]): number {
  return trees.reduce((most, { depths }) => Math.max(most, ...depths), 0) + 1
}

function longestOf(trees: readonly TokenTree[]): number {
  return Math.max(...trees.map(({ tokens }) => tokens.length))
}
