/**
 * Entropy of n-gram frequencies: `H_n = −Σ_g f_g log₂ f_g`, bits; low when a text repeats itself.
 *
 * @param tokens  words or token ids, in order
 * @returns 0 for fewer than `n` tokens
 * Source: Zhang et al. 2018, arXiv:1809.05972; RWKU's evaluator.
 */
export function ngramEntropy(tokens: ArrayLike<number | string>, n: number): number {
  const counts = new Map<string, number>()
  const total = tokens.length - n + 1
  for (let i = 0; i < total; i++) {
    let gram = ''
    for (let j = i; j < i + n; j++) gram += `${tokens[j]}\u0000`
    counts.set(gram, (counts.get(gram) ?? 0) + 1)
  }
  let entropy = 0
  for (const count of counts.values()) entropy -= (count / total) * Math.log2(count / total)
  return entropy + 0
}

/** RWKU's fluency of a text: the mean of `2/3·H₂` and `4/3·H₃`, bits. */
export function ngramFluency(tokens: ArrayLike<number | string>): number {
  return ((2 / 3) * ngramEntropy(tokens, 2) + (4 / 3) * ngramEntropy(tokens, 3)) / 2
}
