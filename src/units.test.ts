import { expect, test } from 'vitest'
import { bytesText, durationText } from './units.ts'

test('bytes: two digits after the point from a gigabyte on, one below ten of a smaller unit', () => {
  const counts = [0, 640, 1500, 68_240, 1_500_000, 437_000_000, 7_900_000_000, 3.1e12, 2e16]
  expect(counts.map(bytesText)).toEqual([
    '0 B',
    '640 B',
    '1.5 kB',
    '68 kB',
    '1.5 MB',
    '437 MB',
    '7.90 GB',
    '3.10 TB',
    '20000.00 TB',
  ])
})

test('durations: what is zero is left out', () => {
  const seconds = [0, 2.34, 9.96, 59.7, 60, 125, 3600, 3659, 12_000, -1, Number.NaN]
  expect(seconds.map(durationText)).toEqual([
    '0 s',
    '2.3 s',
    '10 s',
    '1 min',
    '1 min',
    '2 min 5 s',
    '1 h',
    '1 h',
    '3 h 20 min',
    '0 s',
    'unknown',
  ])
})
