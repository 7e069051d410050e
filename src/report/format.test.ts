import { expect, test } from 'vitest'
import { change, compact, decimal, span, time } from './format.ts'

test('decimal and change: a true minus sign, none on what rounds to zero', () => {
  expect([0.1234, -0.5, -0.0001, 0].map((value) => decimal(value))).toEqual([
    '0.123',
    '−0.500',
    '0.000',
    '0.000',
  ])
  expect([0.2, -0.2, 0.0001, -0.0001].map((value) => change(value, 2))).toEqual([
    '+0.20',
    '−0.20',
    '0.00',
    '0.00',
  ])
  expect([null, Number.NaN].map((value) => decimal(value))).toEqual(['not finite', 'not finite'])
  expect(change(null)).toBe('not finite')
})

test('compact keeps about three digits', () => {
  expect([0, 0.377, -0.0278, 12_345, 1e-5, 2.5e-7, 3.21e7, 99.85].map(compact)).toEqual([
    '0',
    '0.377',
    '−0.0278',
    '12,345',
    '1e−5',
    '2.5e−7',
    '3.21e+7',
    '99.8',
  ])
})

test('times and spans', () => {
  expect(time('2031-05-17T09:30:00.000Z')).toBe('2031-05-17 09:30 UTC')
  expect(span('2031-05-17T09:30:00Z', '2031-05-17T10:00:00Z')).toBe('2031-05-17 09:30 – 10:00 UTC')
  expect(span('2031-05-17T23:30:00Z', '2031-05-18T00:10:00Z')).toBe(
    '2031-05-17 23:30 – 2031-05-18 00:10 UTC',
  )
})
