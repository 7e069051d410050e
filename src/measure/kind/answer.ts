import type { SampleRecord } from '../record.ts'

/**
 * The greedy answer and what it is compared with.
 *
 * @throws RangeError where the record was not generated from
 */
export function answerOf({ set, index, reference, generated }: SampleRecord) {
  if (reference === undefined || generated === undefined)
    throw new RangeError(`record ${set} ${index}: expected a greedy answer, got none`)
  return { reference, generated }
}
