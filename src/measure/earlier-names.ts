import type { Benchmark } from './benchmark.ts'

/**
 * The part of a declaration that says what is measured, as it was first declared: what a benchmark offers beside, how it is
 * read, and what has been renamed or added since, which is made of the same records, is not in it.
 */
export function measuredPart({ extras: _, reading: __, earlier, ...measured }: Benchmark) {
  if (!earlier) return measured
  const { renamed, added } = earlier
  return withNames(measured, (key) => (added.includes(key) ? null : (renamed[key] ?? key)))
}

/**
 * A stored benchmark with the names that its numbers have today, and a function that renames keys of its stored values.
 *
 * @param today the benchmark of that id as it is declared now
 */
export function withTodaysNames(
  stored: Benchmark,
  today: Benchmark | undefined,
): { readonly benchmark: Benchmark; nameOf(key: string): string } {
  const earlier = today?.earlier
  if (!earlier || stored.earlier) return { benchmark: stored, nameOf: (key) => key }
  const names = new Map(Object.entries(earlier.renamed).map(([now, before]) => [before, now]))
  const nameOf = (key: string) => names.get(key) ?? key
  return {
    // What was added is not in it.
    benchmark: { ...withNames(stored, nameOf), earlier: { ...earlier, added: [] } },
    nameOf,
  }
}

/** How a benchmark is read, as far as it has the numbers that this speaks of. */
export function readingFor(
  { metrics, composites, extras }: Benchmark,
  { first, settles, cautions, ...rest }: NonNullable<Benchmark['reading']>,
): NonNullable<Benchmark['reading']> {
  const offered = Object.values(extras ?? {}).flatMap((extra) => Object.keys(extra.metrics))
  const known = new Set([...Object.keys(metrics), ...Object.keys(composites), ...offered])
  return {
    ...rest,
    first: first.filter((key) => known.has(key)),
    settles: Object.fromEntries(Object.entries(settles).filter(([key]) => known.has(key))),
    cautions: cautions.filter(({ when }) => when.every(({ metric }) => known.has(metric))),
  }
}

type Named = Pick<Benchmark, 'metrics' | 'composites' | 'ranking'>

/** @param nameOf null leaves a number out */
function withNames<B extends Named>(benchmark: B, nameOf: (key: string) => string | null): B {
  const known = (key: string) => nameOf(key) ?? key
  const entries = <V>(values: Readonly<Record<string, V>>) =>
    Object.entries(values).flatMap(([key, value]): [string, V][] => {
      const name = nameOf(key)
      return name === null ? [] : [[name, value]]
    })
  const { metrics, composites, ranking } = benchmark
  return {
    ...benchmark,
    metrics: Object.fromEntries(entries(metrics)),
    composites: Object.fromEntries(
      entries(composites).map(([key, composite]) => [
        key,
        { ...composite, of: composite.of.map((part) => ({ ...part, metric: known(part.metric) })) },
      ]),
    ),
    ranking: Object.fromEntries(
      Object.entries(ranking).map(([role, key]) => [role, key === null ? null : known(key)]),
    ),
  }
}
