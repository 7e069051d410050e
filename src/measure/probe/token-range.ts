/** Positions of the tokens that a text's last occurrence in the decoded tokens touches. */
export function tokenRange(
  tokens: Int32Array,
  text: string,
  decode: (tokens: Int32Array) => string,
): number[] {
  const start = decode(tokens).lastIndexOf(text)
  if (start < 0) return []
  const positions: number[] = []
  let before = 0
  for (let i = 0; i < tokens.length; i++) {
    const after = decode(tokens.subarray(0, i + 1)).length
    if (after > start && before < start + text.length) positions.push(i)
    before = after
  }
  return positions
}
