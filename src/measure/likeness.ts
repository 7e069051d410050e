import type { Problem } from '../error.ts'
import type { SampleRecord } from './record.ts'

/** Nats by which two measurements of one model may differ on one text. */
const tolerance = 0.05

/**
 * The problems for which two measurements must not be compared, by what is known of them.
 *
 * @param expected, got  name → what was measured with or on
 */
export function unlikeFacts(
  expected: Readonly<Record<string, unknown>>,
  got: Readonly<Record<string, unknown>>,
  path: string,
): Problem[] {
  const names = new Set([...Object.keys(expected), ...Object.keys(got)])
  return [...names].flatMap((name) => {
    const [left, right] = [expected[name], got[name]].map((value) => JSON.stringify(value))
    if (left === right) return []
    const text = `${name} ${shortHash(expected[name])}`
    return [{ code: 'unlike', path, expected: text, got: shortHash(got[name]) }]
  })
}

/**
 * The problems for which two measurements must not be compared, by the records of their models before training.
 *
 * They are alike if the same was asked and the model gave each text the same likelihood: then start model, tokenizer,
 * template and data were the same, whatever they were called.
 */
export function unlikeRecords(
  expected: readonly SampleRecord[],
  got: readonly SampleRecord[],
  path: string,
): Problem[] {
  const [records, others] = [expected, got].map(
    (all) => new Map(all.map((record) => [`${record.set} #${record.index}`, record])),
  )
  const missing = [...records.keys()].filter((key) => !others.has(key))
  if (missing.length > 0 || others.size !== records.size) {
    const same = records.size - missing.length
    return [
      {
        code: 'other-examples',
        path,
        expected: `the same ${records.size} examples`,
        got: `${others.size}, of which ${same} are the same`,
      },
    ]
  }
  for (const [key, record] of records) {
    const other = others.get(key) as SampleRecord
    if (other.prompt !== record.prompt || other.reference !== record.reference)
      return [
        {
          code: 'other-examples',
          path,
          expected: `${key} to be ${JSON.stringify(record.prompt)}`,
          got: JSON.stringify(other.prompt),
        },
      ]
    const [own, found] = [record, other].map(totalLogProb)
    if (Math.abs(found - own) > tolerance)
      return [
        {
          code: 'other-start',
          path,
          expected: `a model that gives the answer to ${key} ${own.toFixed(2)} nats before training`,
          got: `one that gives it ${found.toFixed(2)}`,
        },
      ]
  }
  return []
}

function totalLogProb({ texts }: SampleRecord): number {
  const all = Object.values(texts).flatMap((list) => list.flatMap(({ logProbs }) => logProbs))
  return all.reduce((sum, logProb) => sum + logProb, 0)
}

/** A value as text; of a hash the beginning. */
export function shortHash(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return /^"[0-9a-f]{64}"$/.test(text) ? text.slice(1, 13) : text
}
