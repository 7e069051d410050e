/** Sequences that begin alike, with each stretch that several of them share there once; a wood where some do not. */
export interface TokenTree {
  /** `[nodes]`, each after the one it follows */
  readonly tokens: readonly number[]
  /** `[nodes]`: the node before, −1 of a first one */
  readonly parents: readonly number[]
  /** `[nodes]`: index in its sequence */
  readonly depths: readonly number[]
  /** Of each sequence the nodes of its tokens, in order. */
  readonly paths: readonly (readonly number[])[]
}

/** The tree of sequences of tokens. */
export function treeOf(sequences: readonly Int32Array[]): TokenTree {
  const tokens: number[] = []
  const parents: number[] = []
  const depths: number[] = []
  const nodes = new Map<string, number>()
  const paths = sequences.map((sequence) => {
    let node = -1
    return Array.from(sequence, (token, depth) => {
      const key = `${node} ${token}`
      const known = nodes.get(key)
      if (known === undefined) {
        parents.push(node)
        depths.push(depth)
        node = tokens.push(token) - 1
        nodes.set(key, node)
      } else node = known
      return node
    })
  })
  return { tokens, parents, depths, paths }
}

/** How many keys of one row of attention take as long as the rest of a layer, in widths of the model; measured. */
const keysPerWidth = 3

/**
 * Places of sequences in the pieces that take least time, each as a tree; a piece of one is better left as it is.
 *
 * n tokens take `n·(1 + n/(3·dim))`, since each looks at n keys; so a few trees of sequences that are alike for long may be
 * better than one. Of the sequences in the order of their tokens, the cheapest cuts are found.
 */
export function cheapestTrees(sequences: readonly Int32Array[], dim: number): number[][] {
  const cost = (tokens: number) => tokens * (1 + tokens / (keysPerWidth * dim))
  const order = [...sequences.keys()].sort((a, b) => compareTokens(sequences[a], sequences[b]))
  const sorted = order.map((place) => sequences[place])
  const sharedWithNext = sorted.map((own, i) =>
    i + 1 < sorted.length ? sharedLength(own, sorted[i + 1]) : 0,
  )
  // best[end]: what the first `end` sequences cost; cut[end]: where the last of their trees begins
  const best = [0]
  const cut = [0]
  for (let end = 1; end <= sorted.length; end++) {
    best[end] = Number.POSITIVE_INFINITY
    // Read backwards, each sequence adds to the tree what it does not share with the one after it.
    let nodes = 0
    let apart = 0
    for (let start = end - 1; start >= 0; start--) {
      const { length } = sorted[start]
      nodes += length - (start + 1 < end ? sharedWithNext[start] : 0)
      apart += cost(length)
      // A tree that is no better than its sequences will not become so by more of them.
      if (start < end - 1 && cost(nodes) >= apart) break
      const total = best[start] + cost(nodes)
      if (total >= best[end]) continue
      best[end] = total
      cut[end] = start
    }
  }
  const pieces: number[][] = []
  for (let end = sorted.length; end > 0; end = cut[end]) pieces.push(order.slice(cut[end], end))
  return pieces.reverse()
}

function sharedLength(a: Int32Array, b: Int32Array): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return i
  return shorter
}

function compareTokens(a: Int32Array, b: Int32Array): number {
  const shared = sharedLength(a, b)
  return (a[shared] ?? -1) - (b[shared] ?? -1)
}
