import { expect, test } from 'vitest'
import { roundValues, type StoredDType } from './dtype.ts'

// 1 + 2⁻⁹ is half of bfloat16's last place above 1, 1 + 2⁻¹² less than half of binary16's: both go to 1.
test.each<[StoredDType, number, number]>([
  ['BF16', 1 + 2 ** -9, 1],
  ['BF16', 1 + 2 ** -7, 1 + 2 ** -7],
  ['F16', 1 + 2 ** -12, 1],
  ['F16', 1 + 2 ** -10, 1 + 2 ** -10],
  ['F32', 1 + 2 ** -23, 1 + 2 ** -23],
])('%s keeps of %d what it can hold', (dtype, value, kept) => {
  const values = Float32Array.of(0, value)
  roundValues(values.subarray(1), dtype)
  expect([...values]).toEqual([0, kept])
})
