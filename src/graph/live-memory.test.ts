import { expect, test } from 'vitest'
import { add, exp, input, matmul, reshape, sum } from './index.ts'
import { peakIntermediateBytes } from './live-memory.ts'

const bindings = new Map<string, number>()
const x = input('x', [10, 10])
const bytes = 4 * 100

test('inputs and outputs are not counted', () => {
  expect(peakIntermediateBytes([exp(x)], bindings)).toBe(0)
})

test('an elementwise chain lives in one buffer', () => {
  expect(peakIntermediateBytes([exp(exp(exp(exp(x))))], bindings)).toBe(bytes)
})

test('a value is freed after its last use', () => {
  const a = matmul(x, x)
  const b = matmul(a, a)
  const c = matmul(b, b)
  expect(peakIntermediateBytes([sum(matmul(c, c))], bindings)).toBe(2 * bytes)
})

test('a value that is needed again stays', () => {
  const a = matmul(x, x)
  const b = matmul(a, a)
  const c = matmul(b, b)
  expect(peakIntermediateBytes([sum(add(c, a))], bindings)).toBe(3 * bytes)
})

test('views take nothing', () => {
  const a = matmul(x, x)
  const plain = peakIntermediateBytes([sum(matmul(a, x))], bindings)
  const viewed = reshape(reshape(a, [100]), [10, 10])
  expect(peakIntermediateBytes([sum(matmul(viewed, x))], bindings)).toBe(plain)
})
