import type { Example } from '../data/example.ts'

/** Texts that begin alike, with each stretch that several of them share there once. */
export interface TokenTree {
  /** `[nodes]`, each after the one it follows */
  readonly tokens: readonly number[]
  /** `[nodes]`: the node before, −1 of the first */
  readonly parents: readonly number[]
  /** `[nodes]`: index in its text */
  readonly depths: readonly number[]
  /** What is predicted, once however many texts ask: after which node, which token. */
  readonly asked: readonly { readonly node: number; readonly label: number }[]
  /** Of each text the places of its labels in `asked`, in order. */
  readonly answers: readonly (readonly number[])[]
}

/** The tree of texts that have their first token in common. */
export function treeOf(examples: readonly Example[]): TokenTree {
  const tokens: number[] = []
  const parents: number[] = []
  const depths: number[] = []
  const asked: { node: number; label: number }[] = []
  const nodes = new Map<string, number>()
  const places = new Map<string, number>()
  const answers = examples.map((example) => {
    const own: number[] = []
    let node = -1
    for (const [depth, token] of example.tokens.entries()) {
      if (example.trained[depth]) {
        const question = `${node} ${token}`
        const place = places.get(question) ?? asked.push({ node, label: token }) - 1
        places.set(question, place)
        own.push(place)
      }
      // The last token predicts nothing that is asked for.
      if (depth === example.tokens.length - 1) break
      const key = `${node} ${token}`
      const known = nodes.get(key)
      if (known === undefined) {
        parents.push(node)
        depths.push(depth)
        nodes.set(key, tokens.length)
        node = tokens.push(token) - 1
      } else node = known
    }
    return own
  })
  return { tokens, parents, depths, asked, answers }
}

/** How many keys of one row of attention take as long as the rest of a layer, in widths of the model; measured. */
const keysPerWidth = 3

/**
 * Places of texts that are better computed as trees, and the rest.
 *
 * Texts go together if they answer the same prompt and their tree takes less time than they do apart. n tokens take
 * `n·(1 + n/(3·dim))`, since each looks at n keys; so a few trees of texts that are alike for long may be better than
 * one. Of the texts of a prompt, in the order of their tokens, the cheapest cuts are found.
 */
export function plantTrees(
  examples: readonly Example[],
  dim: number,
): { trees: { places: number[]; tree: TokenTree }[]; rest: number[] } {
  const byPrompt = new Map<string, number[]>()
  const rest: number[] = []
  for (const [place, { tokens, promptLength }] of examples.entries()) {
    const key = tokens.subarray(0, promptLength).join()
    if (promptLength === 0) rest.push(place)
    else byPrompt.set(key, [...(byPrompt.get(key) ?? []), place])
  }
  const trees: { places: number[]; tree: TokenTree }[] = []
  for (const places of byPrompt.values())
    for (const piece of cheapestCuts(places, examples, dim)) {
      if (piece.length === 1) rest.push(piece[0])
      else trees.push({ places: piece, tree: treeOf(piece.map((place) => examples[place])) })
    }
  return { trees, rest: rest.sort((a, b) => a - b) }
}

function cheapestCuts(
  places: readonly number[],
  examples: readonly Example[],
  dim: number,
): number[][] {
  const cost = (tokens: number) => tokens * (1 + tokens / (keysPerWidth * dim))
  const sorted = [...places].sort((a, b) => compareTokens(examples[a].tokens, examples[b].tokens))
  // best[end]: what the first `end` texts cost; cut[end]: where the last of their trees begins
  const best = [0]
  const cut = [0]
  for (let end = 1; end <= sorted.length; end++) {
    best[end] = Number.POSITIVE_INFINITY
    // Read backwards, each text adds to the tree what it does not share with the one after it.
    let nodes = 0
    for (let start = end - 1; start >= 0; start--) {
      const { tokens } = examples[sorted[start]]
      const after = start + 1 < end ? examples[sorted[start + 1]].tokens : null
      nodes += tokens.length - (after ? sharedLength(tokens, after) : 0)
      const total = best[start] + cost(nodes)
      if (total >= best[end]) continue
      best[end] = total
      cut[end] = start
    }
  }
  const pieces: number[][] = []
  for (let end = sorted.length; end > 0; end = cut[end]) pieces.push(sorted.slice(cut[end], end))
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
