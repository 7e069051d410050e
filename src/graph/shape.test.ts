import { describe, expect, test } from 'vitest'
import {
  AxisBinder,
  bindDim,
  bindShape,
  broadcastShapes,
  formatShape,
  multiplyDims,
  ShapeError,
  sameShape,
  sizeOf,
} from './shape.ts'

describe('products of axis lengths', () => {
  test('are written canonically: factor first, names sorted', () => {
    expect(multiplyDims([])).toBe(1)
    expect(multiplyDims([2, 3])).toBe(6)
    expect(multiplyDims(['seq', 'batch'])).toBe('batch*seq')
    expect(multiplyDims([2, 'seq', 3, 'batch'])).toBe('6*batch*seq')
    expect(multiplyDims(['2*seq', '3*batch*seq'])).toBe('6*batch*seq*seq')
    expect(multiplyDims(['seq', 1])).toBe('seq')
    expect(multiplyDims(['seq', 0])).toBe(0)
  })

  test('do not depend on the order or the grouping of the factors', () => {
    const all = multiplyDims([4, 'seq', 'batch', 'heads'])
    expect(multiplyDims(['heads', multiplyDims(['batch', 4]), 'seq'])).toBe(all)
    expect(sameShape([all], ['4*batch*heads*seq'])).toBe(true)
  })

  test('have a length once the names do', () => {
    const bindings = new Map([
      ['batch', 3],
      ['seq', 5],
    ])
    expect(bindDim(7, bindings)).toBe(7)
    expect(bindDim('4*batch*seq*seq', bindings)).toBe(300)
    expect(bindShape(['batch', 2, 'batch*seq'], bindings)).toEqual([3, 2, 15])
    expect(() => bindDim('batch*vocab', bindings)).toThrow('internal: axis vocab is not bound')
  })
})

test('a shape has as many elements as the product of its axes', () => {
  expect(sizeOf([])).toBe(1)
  expect(sizeOf([3, 0, 2])).toBe(0)
  expect(sizeOf([3, 1, 2])).toBe(6)
})

describe('broadcasting', () => {
  const together = (a: readonly (number | string)[], b: readonly (number | string)[]) => {
    expect(broadcastShapes(b, a)).toEqual(broadcastShapes(a, b))
    return broadcastShapes(a, b)
  }

  test('repeats axes of length 1 and missing leading ones', () => {
    expect(together([2, 3], [2, 3])).toEqual([2, 3])
    expect(together([2, 3], [])).toEqual([2, 3])
    expect(together([2, 3], [3])).toEqual([2, 3])
    expect(together([2, 1, 3], [4, 1])).toEqual([2, 4, 3])
    expect(together([1], [0])).toEqual([0])
  })

  test('knows named axes by their name', () => {
    expect(together(['batch', 'seq'], ['batch', 1])).toEqual(['batch', 'seq'])
    expect(together(['batch', 'seq'], ['seq'])).toEqual(['batch', 'seq'])
    expect(together(['seq', 'seq'], [1, 1])).toEqual(['seq', 'seq'])
  })

  test('is refused where lengths or names differ', () => {
    expect(together([2, 3], [2])).toBeNull()
    expect(together(['batch'], ['seq'])).toBeNull()
    expect(together(['batch'], [4])).toBeNull()
    expect(together(['batch*seq'], ['2*batch*seq'])).toBeNull()
  })
})

describe('AxisBinder', () => {
  const refusal = (bind: () => void): string => {
    try {
      bind()
    } catch (error) {
      expect(error).toBeInstanceOf(ShapeError)
      return (error as Error).message
    }
    return 'nothing was refused'
  }

  test('learns axes, then checks them', () => {
    const axes = new AxisBinder()
    axes.bind('tokens', ['batch', 'seq'], [4, 128])
    axes.bind('rows', ['batch*seq', 64], [512, 64])
    axes.bind('hidden', ['2*batch', 'answers'], [8, 9])
    expect(Object.fromEntries(axes.bindings)).toEqual({ batch: 4, seq: 128, answers: 9 })
  })

  test('learns an axis from a product with one unknown', () => {
    const axes = new AxisBinder()
    axes.bind('groups', ['3*batch'], [12])
    axes.bind('rows', ['batch*seq'], [20])
    expect(Object.fromEntries(axes.bindings)).toEqual({ batch: 4, seq: 5 })
  })

  test('says what was expected, as formula and value, and what came', () => {
    const axes = new AxisBinder()
    axes.bind('tokens', ['batch', 'seq'], [4, 128])
    expect(refusal(() => axes.bind('attention mask', ['batch', 'seq'], [4, 127]))).toBe(
      'attention mask: expected [batch, seq] = [4, 128], got [4, 127]',
    )
    expect(refusal(() => axes.bind('rows', ['batch*seq', 64], [511, 64]))).toBe(
      'rows: expected [batch*seq, 64] = [512, 64], got [511, 64]',
    )
    expect(refusal(() => axes.bind('tokens', ['batch', 'seq'], [512]))).toBe(
      'tokens: expected [batch, seq] = [4, 128], got [512]',
    )
  })

  test('says nothing twice where the shape has no names, and ? where an axis is not known', () => {
    const axes = new AxisBinder()
    expect(refusal(() => axes.bind('weight', [64, 48], [48, 64]))).toBe(
      'weight: expected [64, 48], got [48, 64]',
    )
    expect(refusal(() => axes.bind('tokens', ['batch', 'seq'], [4]))).toBe(
      'tokens: expected [batch, seq] = [?, ?], got [4]',
    )
    expect(refusal(() => axes.bind('halves', ['2*seq'], [5]))).toBe(
      'halves: expected [2*seq] = [?], got [5]',
    )
  })

  test('carries the parts of the message', () => {
    const error = new ShapeError('attention mask', '[batch, seq] = [4, 128]', '[4, 127]')
    expect(error).toMatchObject({
      name: 'ShapeError',
      what: 'attention mask',
      expected: '[batch, seq] = [4, 128]',
      got: '[4, 127]',
    })
  })

  test('takes shapes together in any order of products and factors', () => {
    const axes = new AxisBinder()
    axes.bindAll([
      { name: 'rows', shape: ['batch*seq', 2], got: [6, 2] },
      { name: 'square', shape: ['seq*seq', 'seq'], got: [9, 3] },
      { name: 'groups', shape: ['2*batch'], got: [4] },
    ])
    expect(Object.fromEntries(axes.bindings)).toEqual({ batch: 2, seq: 3 })
  })

  test('still blames the shape that does not fit, and the axis that nothing tells', () => {
    const tokens = { name: 'tokens', shape: ['batch', 'seq'], got: [2, 3] }
    const rows = { name: 'rows', shape: ['batch*seq'], got: [7] }
    expect(refusal(() => new AxisBinder().bindAll([rows, tokens]))).toBe(
      'rows: expected [batch*seq] = [6], got [7]',
    )
    expect(refusal(() => new AxisBinder().bindAll([rows]))).toBe(
      'rows: expected [batch*seq] = [?], got [7]',
    )
  })

  test('an axis of length 0 is a length like others', () => {
    const axes = new AxisBinder()
    axes.bind('rows', ['answers', 4], [0, 4])
    axes.bind('labels', ['answers'], [0])
    expect(refusal(() => axes.bind('more', ['answers'], [1]))).toBe(
      'more: expected [answers] = [0], got [1]',
    )
  })
})

test('shapes are written with brackets', () => {
  expect(formatShape(['batch', 2])).toBe('[batch, 2]')
  expect(formatShape([])).toBe('[]')
})
