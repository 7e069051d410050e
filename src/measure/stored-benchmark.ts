import * as z from 'zod'
import { type Benchmark, benchmarkSchema } from './benchmark.ts'
import { metricKinds } from './kind/kinds.ts'

/**
 * A benchmark as boards and evaluations hold it, defaults filled in. Keys that another version knew, and kinds of metrics that a
 * plugin defines, are let through.
 */
export const storedBenchmark = z.unknown().transform((value, context): Benchmark => {
  const { data, error } = benchmarkSchema.safeParse(value)
  const add = (path: readonly PropertyKey[], message: string) =>
    context.addIssue({ code: 'custom', path: [...path], message })
  const wrong = error?.issues.filter(({ code }) => code !== 'unrecognized_keys') ?? []
  for (const { path, message } of wrong) add(path, message)
  if (wrong.length > 0) return z.NEVER
  const benchmark = data ?? (value as Benchmark)
  const { metrics, composites, ranking, sets } = benchmark
  const mustHave = (known: object, name: string | null | undefined, path: readonly string[]) => {
    if (name && !Object.hasOwn(known, name)) add(path, `a name that it does not have`)
  }
  for (const [key, { kind, options }] of Object.entries(metrics)) {
    const found = metricKinds.get(kind)
    if (!found) continue
    const path = ['metrics', key, 'options']
    const checked = found.schema.safeParse(options)
    for (const issue of checked.error?.issues ?? []) add([...path, ...issue.path], issue.message)
    if (checked.success) for (const name of found.sets(checked.data)) mustHave(sets, name, path)
  }
  const values = { ...metrics, ...composites }
  for (const [key, { of }] of Object.entries(composites))
    for (const { metric } of of) mustHave(values, metric, ['composites', key, 'of'])
  for (const role of ['forget', 'utility', 'score', 'repetition'] as const)
    mustHave(values, ranking[role], ['ranking', role])
  return benchmark
})
