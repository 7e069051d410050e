import * as z from 'zod'
import { type Benchmark, benchmarkSchema } from './benchmark.ts'
import { metricKinds } from './kind/kinds.ts'

/**
 * A benchmark as boards and evaluations hold it, defaults filled in. Keys that another version knew are left out, and kinds of
 * metrics that a plugin defines are let through.
 */
export const storedBenchmark = z.unknown().transform((value, context): Benchmark => {
  const { data: benchmark, error } = parsed(value)
  const add = (path: readonly PropertyKey[], message: string) =>
    context.addIssue({ code: 'custom', path: [...path], message })
  for (const { path, message } of error?.issues ?? []) add(path, message)
  if (!benchmark) return z.NEVER
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

function parsed(value: unknown) {
  const first = benchmarkSchema.safeParse(value)
  const unknown = (first.error?.issues ?? []).flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? [issue] : [],
  )
  if (unknown.length === 0) return first
  const known = structuredClone(value)
  for (const { path, keys } of unknown) {
    const place = path.reduce<unknown>((at, key) => Object(at)[key], known)
    for (const key of keys) Reflect.deleteProperty(Object(place), key)
  }
  return benchmarkSchema.safeParse(known)
}
