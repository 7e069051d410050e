/** Places of the examples, longest first, in batches of at most so many padded tokens (and at least one example). */
export function lengthBatches(
  examples: readonly { readonly tokens: { readonly length: number } }[],
  limit: number,
): number[][] {
  const lengths = examples.map(({ tokens }) => tokens.length)
  const order = [...lengths.keys()].sort((a, b) => lengths[b] - lengths[a] || a - b)
  const batches: number[][] = []
  let current: number[] = []
  for (const item of order) {
    if (current.length > 0 && (current.length + 1) * lengths[current[0]] > limit) {
      batches.push(current)
      current = []
    }
    current.push(item)
  }
  if (current.length > 0) batches.push(current)
  return batches
}
