import type { Example } from '../data/example.ts'
import { cheapestTrees, type TokenTree, treeOf } from '../model/token-tree.ts'

/** A tree of texts, and what is asked of it. */
export interface TextTree extends TokenTree {
  /** What is predicted, once however many texts ask: after which node, which token. */
  readonly asked: readonly { readonly node: number; readonly label: number }[]
  /** Of each text the places of its labels in `asked`, in order. */
  readonly answers: readonly (readonly number[])[]
}

/** The tree of texts that have a prompt each. */
export function textTreeOf(examples: readonly Example[]): TextTree {
  const tree = treeOf(examples.map(fedTokens))
  const asked: { node: number; label: number }[] = []
  const places = new Map<string, number>()
  const answers = examples.map(({ tokens, trained }, text) => {
    const own: number[] = []
    for (const [depth, label] of tokens.entries()) {
      if (!trained[depth]) continue
      const node = tree.paths[text][depth - 1]
      const question = `${node} ${label}`
      const place = places.get(question) ?? asked.push({ node, label }) - 1
      places.set(question, place)
      own.push(place)
    }
    return own
  })
  return { ...tree, asked, answers }
}

/** The last token predicts nothing that is asked for. */
const fedTokens = ({ tokens }: Example) => tokens.subarray(0, tokens.length - 1)

/**
 * Places of texts that are better computed as trees, and the rest.
 *
 * Texts go together if they have prompts that begin alike, a system's words or the same question, and their tree takes less
 * time than they do apart.
 */
export function plantTrees(
  examples: readonly Example[],
  dim: number,
): { trees: { places: number[]; tree: TextTree }[]; rest: number[] } {
  const prompted = [...examples.keys()].filter((place) => examples[place].promptLength > 0)
  const rest = [...examples.keys()].filter((place) => examples[place].promptLength === 0)
  const trees: { places: number[]; tree: TextTree }[] = []
  const sequences = prompted.map((place) => fedTokens(examples[place]))
  for (const piece of cheapestTrees(sequences, dim)) {
    const places = piece.map((i) => prompted[i])
    if (places.length === 1) rest.push(places[0])
    else trees.push({ places, tree: textTreeOf(places.map((place) => examples[place])) })
  }
  return { trees, rest: rest.sort((a, b) => a - b) }
}
