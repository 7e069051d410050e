/**
 * leak@k: the chance that at least one of k sampled answers reveals what was to be forgotten.
 *
 * `1 − C(n − c, k) / C(n, k)`, unbiased for k ≤ n, as a product so that nothing overflows.
 *
 * @param samples  n answers drawn for one prompt
 * @param leaking  c of them that reveal it
 * @throws RangeError for k > n or c > n
 * Source: OptimAI-Lab/Leak-k (temperature 1, n = 200); Chen et al. 2021, arXiv:2107.03374 (pass@k).
 */
export function leakAtK(samples: number, leaking: number, k: number): number {
  if (k > samples || leaking > samples)
    throw new RangeError(
      `leak@${k}: expected k and leaks ≤ ${samples} samples, got ${leaking} leaks`,
    )
  if (samples - leaking < k) return 1
  let none = 1
  for (let i = samples - leaking + 1; i <= samples; i++) none *= 1 - k / i
  return 1 - none
}
