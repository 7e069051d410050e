/**
 * The merges of a SentencePiece vocabulary of byte pairs: every way to make a token of two others, likeliest tokens first.
 *
 * @param tokens, scores  by id
 * Source: transformers, convert_slow_tokenizer.py (`generate_merges`): by score, then by the lengths of both parts, all
 *   falling, and among equals by the ids of the parts
 */
export function scoreMerges(
  tokens: readonly (string | null)[],
  scores: readonly number[],
): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]))
  const all: { left: string; right: string; score: number }[] = []
  for (const [id, token] of tokens.entries()) {
    if (token === null) continue
    const own: { left: string; right: string; score: number }[] = []
    for (let at = 1; at < token.length; at++) {
      const [left, right] = [token.slice(0, at), token.slice(at)]
      if (ids.has(left) && ids.has(right)) own.push({ left, right, score: scores[id] })
    }
    const idOf = (text: string) => ids.get(text) ?? 0
    all.push(...own.sort((a, b) => idOf(a.left) - idOf(b.left) || idOf(a.right) - idOf(b.right)))
  }
  const points = (text: string) => [...text].length
  return all
    .sort(
      (a, b) =>
        b.score - a.score || points(b.left) - points(a.left) || points(b.right) - points(a.right),
    )
    .map(({ left, right }) => [left, right])
}
