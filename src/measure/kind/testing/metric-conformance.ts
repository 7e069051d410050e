import assert from 'node:assert/strict'
import { z } from 'zod'
import type { Check } from '../../../parts/testing/part-checks.ts'
import type { SampleRecord } from '../../record.ts'
import type { MetricKind, Scores } from '../kind.ts'

/** A metric's options, with records that it can be made of. */
export interface MetricCase {
  readonly options?: Readonly<Record<string, unknown>>
  /** of all sets that it reads */
  readonly records: readonly SampleRecord[]
  /** the same rows of the model never trained on the forget set, where it needs them */
  readonly neverTrained?: readonly SampleRecord[]
}

/**
 * What every metric must hold to on records that it can be made of: that it says what it is, scores each record by itself and
 * the same each time, makes a finite value that no order of the records changes, and says that it needs another model where it does.
 */
export function metricConformance(metric: MetricKind, given: MetricCase): Check[] {
  const options = metric.schema.parse(given.options ?? {})
  const sets = metric.sets(options)
  const scoresOf = (
    records: readonly SampleRecord[],
    beside: readonly SampleRecord[] | undefined,
  ): Scores =>
    Object.fromEntries(
      sets.map((set) => [
        set,
        records.flatMap((record, i) =>
          record.set === set ? [metric.score(record, options, beside?.[i] ?? null)] : [],
        ),
      ]),
    )
  const scores = (backwards: boolean) => {
    const order = <T>(list: readonly T[]) => (backwards ? list.toReversed() : list)
    const { records, neverTrained } = given
    const never = neverTrained && order(neverTrained)
    return {
      own: scoresOf(order(records), never),
      never: never ? scoresOf(never, never) : null,
    }
  }
  return [
    { name: 'says what it is', check: () => saysWhatItIs(metric, options) },
    {
      name: 'reads sets that there are records of, and scores the same each time',
      check() {
        for (const set of sets)
          assert.ok(
            given.records.some((record) => record.set === set),
            `no record of "${set}"`,
          )
        const { own } = scores(false)
        assert.deepEqual(scores(false).own, own)
        const backwards = scores(true).own
        for (const set of sets) assert.deepEqual(backwards[set].toReversed(), own[set])
      },
    },
    {
      name: 'has a finite value, whatever the order of records',
      check() {
        const computed = ({ own, never }: ReturnType<typeof scores>) =>
          metric.value(own, options, never)
        const value = computed(scores(false))
        assert.ok(Number.isFinite(value), `value ${value}`)
        assert.ok(Math.abs(computed(scores(true)) - value) <= 1e-12 * Math.max(1, Math.abs(value)))
        if (metric.unit === 'share') assert.ok(value >= 0 && value <= 1, `share ${value}`)
      },
    },
    {
      name: 'says whether it needs the model never trained on the forget set',
      check() {
        if (metric.needsNeverTrained)
          assert.ok(given.neverTrained, 'expected records of that model')
        else assert.ok(Number.isFinite(metric.value(scores(false).own, options, null)))
      },
    },
  ]
}

function saysWhatItIs(metric: MetricKind, options: unknown): void {
  const { id, title, description, source, unit, schema } = metric
  assert.match(id, /^[a-z]+[0-9]*(-[a-z0-9]+)*$/)
  const said = (text: typeof title) => (typeof text === 'string' ? text : text(options))
  const texts = { title: said(title), description: said(description), source }
  for (const [name, text] of Object.entries(texts))
    assert.ok(text.length > 3, `${name}: expected a few words, got "${text}"`)
  assert.ok(unit.length > 0)
  if (!(schema instanceof z.ZodObject)) return
  for (const [name, option] of Object.entries(schema.shape as Record<string, z.ZodType>))
    assert.ok(option.description, `option ${name}: expected a description`)
  assert.ok(
    !schema.safeParse({ ...(options as object), nonsense: 1 }).success,
    'expected a strict schema',
  )
}
