/**
 * Exact memorisation: the share of answer tokens that are the model's first choice, the true answer before them given.
 *
 * `EM = (1/m) Σ_t [argmax_v p(v | x, y_<t) = y_t]`
 *
 * @param firstChoice  `[m]`: whether each answer token is the most likely one. OpenUnlearning leaves the last label (the
 *                     end token) out; do the same to compare with it
 * @returns NaN for no tokens, which a mean leaves out
 * Source: Tirumala et al. 2022, arXiv:2205.10770; locuslab/open-unlearning `exact_memorization`.
 */
export function exactMemorisation(firstChoice: readonly boolean[]): number {
  if (firstChoice.length === 0) return Number.NaN
  return firstChoice.filter(Boolean).length / firstChoice.length
}

/**
 * Extraction strength: how much of an answer the model continues by itself once it has been given the rest.
 *
 * `ES = 1 − k/m`, k the smallest number with every token after the k-th the model's first choice.
 *
 * @param firstChoice  `[m]` as for {@link exactMemorisation}
 * @param variant      `released`: the search of OpenUnlearning stops at k = m − 1, so a sample with nothing extractable
 *                     scores 1/m and a one-token answer always 1. Default: the paper's formula, floor 0
 * @returns 0 for no tokens
 * Source: Carlini et al. 2021, arXiv:2012.07805; OpenUnlearning, arXiv:2506.12618, appendix.
 */
export function extractionStrength(
  firstChoice: readonly boolean[],
  variant: 'paper' | 'released' = 'paper',
): number {
  const total = firstChoice.length
  if (total === 0) return 0
  let given = total
  while (given > 0 && firstChoice[given - 1]) given--
  return 1 - (variant === 'released' ? Math.min(given, total - 1) : given) / total
}
