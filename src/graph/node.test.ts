import { expect, describe as group, test } from 'vitest'
import {
  add,
  attention,
  constant,
  describe,
  embedding,
  expand,
  gatherRows,
  input,
  labelLogProb,
  matmul,
  mean,
  mul,
  type Node,
  neg,
  parameter,
  pickLabels,
  reshape,
  rmsNorm,
  rotary,
  ShapeError,
  scale,
  topologicalOrder,
} from './index.ts'

const x = (...shape: (number | string)[]) => input('x', shape)
const y = (...shape: (number | string)[]) => input('y', shape)
const ids = (...shape: (number | string)[]) => input('ids', shape, 'i32')

test('a node is described by op, name and shape', () => {
  expect(describe(parameter('weight', ['vocab', 4]))).toBe('input weight [vocab, 4]')
  expect(describe(neg(x(3)))).toBe('neg [3]')
})

group('topologicalOrder', () => {
  test('puts every input before its users, once, from left to right', () => {
    const a = x(1)
    const b = y(1)
    const both = add(a, b)
    const order = topologicalOrder([mul(both, a), neg(b)])
    expect(order.map(({ op }) => op.name)).toEqual(['input', 'input', 'add', 'mul', 'neg'])
    expect(order.slice(0, 3)).toEqual([a, b, both])
  })

  test('takes a graph deeper than the call stack', () => {
    let node: Node = x(1)
    for (let i = 0; i < 200_000; i++) node = neg(node)
    expect(topologicalOrder([node]).length).toBe(200_001)
  })

  test('takes an output that another output depends on, and one twice', () => {
    const a = x(1)
    const b = neg(a)
    expect(topologicalOrder([b, a, b])).toEqual([a, b])
  })
})

group('ops refuse what does not fit, saying what was expected', () => {
  const refusals: Record<string, [() => Node, string]> = {
    'add of shapes that do not broadcast': [
      () => add(x('batch', 3), y(4)),
      'add: expected a shape that broadcasts with input x [batch, 3], got input y [4]',
    ],
    'add of integers and floats': [
      () => add(x(3), ids(3)),
      'add: expected f32 as input x [3] is, got i32 input ids [3]',
    ],
    'matmul of unlike inner axes': [
      () => matmul(x('rows', 3), y(4, 5)),
      'matmul: expected a second factor of rank 2 with inner axis 3 for input x [rows, 3], got input y [4, 5]',
    ],
    'matmul of unlike stacks': [
      () => matmul(x(2, 3, 4), y(3, 4, 5)),
      'matmul: expected a second factor of rank 3 with leading axes [2] and inner axis 4 for input x [2, 3, 4], got input y [3, 4, 5]',
    ],
    'reshape to another size': [
      () => reshape(x('batch', 6), ['batch', 5]),
      'reshape: expected as many elements as input x [batch, 6], got [batch, 5]',
    ],
    'expand to what it does not broadcast to': [
      () => expand(x(2, 1), [3, 4]),
      'expand: expected a shape that input x [2, 1] broadcasts to, got [3, 4]',
    ],
    'embedding of floats': [
      () => embedding(x(5, 3), y(2)),
      'embedding: expected [rows, dim] and row numbers [count] i32, got input x [5, 3], input y [2]',
    ],
    'gatherRows of a matrix of numbers': [
      () => gatherRows(x(5, 3), ids(2, 2)),
      'gatherRows: expected [rows, dim] and row numbers [count] i32, got input x [5, 3], input ids [2, 2]',
    ],
    'pickLabels of another count': [
      () => pickLabels(x('answers', 5), ids('batch')),
      'pickLabels labels: expected [answers] i32, got [batch] i32',
    ],
    'pickLabels by floats': [
      () => pickLabels(x('answers', 5), y('answers')),
      'pickLabels labels: expected [answers] i32, got [answers] f32',
    ],
    'labelLogProb of another count': [
      () => labelLogProb(x('answers', 5), y(9, 5), ids('batch')),
      'labelLogProb labels: expected [answers] i32, got [batch] i32',
    ],
    'rmsNorm by a weight of another length': [
      () => rmsNorm(x('rows', 5), y(4), 0),
      'rmsNorm weight: expected [5], got input y [4]',
    ],
    'rotary by tables of another width': [
      () => rotary(x('batch', 'seq', 16), y(9, 8), y(9, 8), 2),
      'rotary tables: expected [positions, headDim / 2 = 4] for input x [batch, seq, 16], got input y [9, 8]',
    ],
  }
  for (const [name, [build, message]] of Object.entries(refusals))
    test(name, () => expect(build).toThrow(new ShapeError(...partsOf(message))))

  test('attention of heads, keys and masks that do not fit', () => {
    const q = input('query', ['batch', 'seq', 16])
    const k = input('key', ['batch', 'seq', 8])
    const mask = input('mask', ['seq', 'seq'])
    const options = { heads: 4, keyValueHeads: 2, scale: 1 }
    const refused = (build: () => Node, message: string) =>
      expect(build).toThrow(new ShapeError(...partsOf(message)))
    refused(
      () => attention(q, k, k, mask, { ...options, heads: 3 }),
      'attention heads: expected heads dividing 16 and key/value heads dividing heads, got 3, 2',
    )
    refused(
      () => attention(q, k, k, mask, { ...options, keyValueHeads: 3 }),
      'attention heads: expected heads dividing 16 and key/value heads dividing heads, got 4, 3',
    )
    refused(
      () => attention(q, q, k, mask, options),
      'attention key: expected [batch, seq, 8], got [batch, seq, 16]',
    )
    refused(
      () => attention(q, k, q, mask, options),
      'attention value: expected [batch, seq, 8], got [batch, seq, 16]',
    )
    refused(
      () => attention(q, k, k, input('mask', ['batch', 'seq']), options),
      'attention mask: expected [seq, seq], got [batch, seq]',
    )
  })
})

function partsOf(message: string): [string, string, string] {
  const [, what, expected, got] = /^(.*?): expected (.*), got (.*?)$/.exec(message) as string[]
  return [what, expected, got]
}

group('mistakes of the caller are named as ours', () => {
  test('a constant of another length', () => {
    expect(() => constant(Float32Array.of(1, 2), [3])).toThrow(
      'internal: constant of shape [3] given 2 elements',
    )
  })

  test('a mean over a named axis', () => {
    expect(() => mean(x('batch', 'seq', 2), [1, 2])).toThrow(
      'internal: mean over the named axes 2*seq; weigh explicitly instead',
    )
  })
})

test('what changes nothing makes no node', () => {
  const a = x(2, 3)
  expect(reshape(a, [2, 3])).toBe(a)
  expect(expand(a, [2, 3])).toBe(a)
  expect(scale(a, 1)).not.toBe(a)
})
