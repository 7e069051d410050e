import type { TokenSequence } from './selector.ts'

/**
 * Counts the n-grams of a set.
 *
 * @returns p of token t given the n − 1 tokens before it (fewer at the start of a sequence): its n-gram's share among
 *   those that begin alike, 0 where none does
 */
export function ngramProbability(
  sequences: readonly TokenSequence[],
  order: number,
): (tokens: Int32Array, t: number) => number {
  const counts = new Map<string, number>()
  const contexts = new Map<string, number>()
  const add = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1)
  const contextOf = (tokens: Int32Array, t: number) =>
    tokens.subarray(Math.max(0, t - order + 1), t).join()
  for (const { tokens } of sequences)
    for (let t = 0; t < tokens.length; t++) {
      const context = contextOf(tokens, t)
      add(contexts, context)
      add(counts, `${context};${tokens[t]}`)
    }
  return (tokens, t) => {
    const context = contextOf(tokens, t)
    return (counts.get(`${context};${tokens[t]}`) ?? 0) / (contexts.get(context) ?? 1)
  }
}
