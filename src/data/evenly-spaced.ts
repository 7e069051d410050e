/** Evenly spaced items, so that a part of a sorted file is still like the whole. */
export function evenlySpaced<Item>(items: readonly Item[], limit: number | null): readonly Item[] {
  if (limit === null || limit >= items.length) return items
  return Array.from({ length: limit }, (_, i) => items[Math.floor((i * items.length) / limit)])
}
