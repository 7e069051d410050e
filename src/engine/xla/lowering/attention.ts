import type { CachedAttentionOptions } from '../../../graph/index.ts'
import type { Emitter, Value } from '../emitter.ts'
import type { Lowering } from './lowering.ts'
import { softmaxOf } from './softmax.ts'

/** Turns the pairs (i, i + half) of each head: x `[…, heads, 2·half]`, cosines and sines that broadcast to `[…, heads, half]`. */
function turn(to: Emitter, x: Value, cos: Value, sin: Value): Value {
  const axis = x.shape.length - 1
  const half = x.shape[axis] / 2
  const [first, second] = [to.slice(x, axis, 0, half), to.slice(x, axis, half, 2 * half)]
  const times = (a: Value, b: Value) => to.binary('stablehlo.multiply', a, b)
  const turned = [
    to.binary('stablehlo.subtract', times(first, cos), times(second, sin)),
    to.binary('stablehlo.add', times(second, cos), times(first, sin)),
  ]
  return to.concatenate(turned, axis)
}

/** `[batch, seq, 1, half]`: rows of a table at positions `[batch, seq]`; without them, its first rows for all. */
function tableRows(to: Emitter, table: Value, seq: number, positions?: Value): Value {
  const half = table.shape[1]
  if (!positions) return to.reshape(to.slice(table, 0, 0, seq), [1, seq, 1, half])
  const [batch] = positions.shape
  return to.reshape(to.rows(table, to.reshape(positions, [batch * seq])), [batch, seq, 1, half])
}

const rotary: Lowering = (to, [x, cos, sin, positions], { heads, inverse }) => {
  const [batch, seq, width] = x.shape
  const perHead = [batch, seq, heads as number, width / (heads as number)]
  const cosines = tableRows(to, cos, seq, positions)
  const sines = tableRows(to, sin, seq, positions)
  const angle = inverse ? to.same('stablehlo.negate', sines) : sines
  return to.reshape(turn(to, to.reshape(x, perHead), cosines, angle), x.shape)
}

/** Rotates, writes keys and values into their slots, and attends to all slots with the later ones left out. */
const cachedAttention: Lowering = (to, inputs, attributes) => {
  const [query, key, value, pastKey, pastValue, lengths, total, cos, sin] = inputs
  const { heads, keyValueHeads, scale, cap, window } = attributes as typeof attributes &
    CachedAttentionOptions
  const [batch, seq, width] = query.shape
  const headDim = width / heads
  const slots = pastKey.shape[2]
  const group = heads / keyValueHeads
  const add = (a: Value, b: Value) => to.binary('stablehlo.add', a, b)
  const integer = (n: number) => to.number(n, 'i32')

  // The first call holds whole prompts and begins at 0; later ones end at each sequence's own length.
  const isFirst = to.compare('EQ', to.reshape(total, []), integer(seq))
  const start = to.select(isFirst, integer(0), add(lengths, integer(1 - seq)))
  const positions = add(to.reshape(start, [batch, 1]), to.iota([1, seq], 1))
  const [cosines, sines] = [cos, sin].map((table) => tableRows(to, table, seq, positions))
  const perHead = (x: Value, count: number) => to.reshape(x, [batch, seq, count, headDim])

  // The cache as a matrix whose rows are (sequence, head, slot).
  const times = (n: number, axis: number, shape: readonly number[]) =>
    to.binary('stablehlo.multiply', to.iota(shape, axis), integer(n))
  const place = add(
    add(times(keyValueHeads * slots, 0, [batch, 1, 1]), times(slots, 2, [1, 1, keyValueHeads])),
    to.reshape(positions, [batch, seq, 1]),
  )
  const count = batch * seq * keyValueHeads
  const written = (past: Value, fresh: Value) => {
    const matrix = to.reshape(past, [batch * keyValueHeads * slots, headDim])
    const rows = to.reshape(fresh, [count, headDim])
    return to.reshape(to.setRows(matrix, to.reshape(place, [count]), rows), past.shape)
  }
  const keys = written(pastKey, turn(to, perHead(key, keyValueHeads), cosines, sines))
  const values = written(pastValue, perHead(value, keyValueHeads))

  const turned = turn(to, perHead(query, heads), cosines, sines)
  const split = to.reshape(turned, [batch, seq, keyValueHeads, group, headDim])
  const rows = [batch, keyValueHeads, group * seq]
  const grouped = to.reshape(to.transpose(split, [0, 2, 3, 1, 4]), [...rows, headDim])
  const products = to.matmul(grouped, keys, { transposeB: true })
  const scaled = to.binary('stablehlo.multiply', products, to.number(scale))
  const capped = cap === undefined ? scaled : bent(to, scaled, cap)
  const scores = to.reshape(capped, [batch, keyValueHeads, group, seq, slots])
  const at = to.reshape(positions, [batch, 1, 1, seq, 1])
  const slot = to.iota([1, 1, 1, 1, slots], 4)
  const earlier = to.compare('LE', slot, at)
  const seen =
    window === null
      ? earlier
      : to.binary('stablehlo.and', earlier, to.compare('GT', slot, add(at, integer(-window))))
  // Weights of slots left out are zero, and what is in them is finite: zeros, or what was written before.
  const weights = softmaxOf(to, to.select(seen, scores, to.number(-1e9)))
  const mixed = to.matmul(to.reshape(weights, [...rows, slots]), values)
  const apart = to.reshape(mixed, [batch, keyValueHeads, group, seq, headDim])
  return [to.reshape(to.transpose(apart, [0, 3, 1, 2, 4]), query.shape), keys, values]
}

/** `cap · tanh(x / cap)`. */
function bent(to: Emitter, x: Value, cap: number): Value {
  const inside = to.same('stablehlo.tanh', to.binary('stablehlo.divide', x, to.number(cap)))
  return to.binary('stablehlo.multiply', inside, to.number(cap))
}

export const attention: Readonly<Record<string, Lowering>> = {
  attend: (to, [, , value, weights]) => to.matmul(weights, value),
  rotary,
  cachedAttention,
}
