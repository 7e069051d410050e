/** Words, and every other visible character by itself: the pieces in which repetition and differences are counted. */
export function textPieces(text: string): string[] {
  return text.match(/[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu) ?? []
}

/**
 * Share of n-grams that are distinct: `|set of n-grams| / (tokens − n + 1)`, and 1 for fewer than `n` tokens.
 *
 * @param tokens  token ids or words, in order
 * @param n       n-gram length
 * Source: Li et al. 2016, "A diversity-promoting objective function", arXiv:1510.03055.
 */
export function distinctN(tokens: ArrayLike<number | string>, n: number): number {
  const total = tokens.length - n + 1
  if (total < 1) return 1
  const seen = new Set<string>()
  for (let i = 0; i < total; i++) {
    let gram = ''
    for (let j = i; j < i + n; j++) gram += `${tokens[j]}\u0000`
    seen.add(gram)
  }
  return seen.size / total
}

/**
 * Share of n-grams that repeat an earlier one: `1 − distinctN`; near 1 when a model has collapsed into a loop.
 *
 * @param tokens  token ids or words, in order
 * @param n       n-gram length, 4 as in the paper
 * Source: Welleck et al. 2020, "Neural text generation with unlikelihood training", arXiv:1908.04319 (seq-rep-n).
 */
export function repetitionShare(tokens: ArrayLike<number | string>, n = 4): number {
  return 1 - distinctN(tokens, n)
}
