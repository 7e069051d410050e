import { expect } from 'vitest'

/** Equal to 15 digits; 0 and −0 are the same. */
export function expectNumbers(got: ArrayLike<number>, expected: readonly number[]): void {
  expect(got.length).toBe(expected.length)
  expected.forEach((value, i) => {
    const error = Math.abs(got[i] - value)
    expect(
      got[i] === value || error <= 1e-15 * Math.abs(value),
      `[${i}]: ${value}, got ${got[i]}`,
    ).toBe(true)
  })
}
