import type { DType } from '../../graph/index.ts'

/** A value of a program under construction. XLA compiles for fixed lengths, so its shape is in numbers. */
export interface Value {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: DType
}

export type Comparison = 'EQ' | 'GT' | 'LE'

const typeNames = { f32: 'f32', i32: 'i32', i64: 'i64', bool: 'i1' } as const satisfies Record<
  DType,
  string
>

const tensor = (shape: readonly number[], dtype: DType) =>
  `tensor<${[...shape, typeNames[dtype]].join('x')}>`

/** A value's type, as StableHLO writes it. */
export const typeOf = ({ shape, dtype }: Omit<Value, 'name'>): string => tensor(shape, dtype)

/** A float by its bits, since MLIR has no word for infinity and refuses `1e-05`. */
function literal(value: number, dtype: DType): string {
  if (dtype === 'bool') return value ? 'true' : 'false'
  if (dtype !== 'f32') return String(value)
  const [bits] = new Uint32Array(Float32Array.of(value).buffer)
  return `0x${bits.toString(16).toUpperCase().padStart(8, '0')}`
}

/**
 * Writes StableHLO, a line an operation; the same text twice is one value.
 *
 * StableHLO broadcasts nothing by itself: `binary`, `compare` and `select` do, as numpy does, so that lowerings are as short as
 * what they mean.
 */
export class Emitter {
  readonly lines: string[] = []
  readonly #known = new Map<string, Value>()

  /** An operation on operands of one type whose result is of that type too. */
  same(op: string, ...operands: readonly Value[]): Value {
    const [{ shape, dtype }] = operands
    return this.#line(shape, dtype, `${op} ${namesOf(operands)} : ${tensor(shape, dtype)}`)
  }

  /** An elementwise operation of one, of a dialect that writes both types. */
  mapped(op: string, x: Value): Value {
    return this.#line(x.shape, x.dtype, `${op} ${x.name} : ${typeOf(x)} -> ${typeOf(x)}`)
  }

  /** An elementwise operation of two, broadcast. */
  binary(op: string, a: Value, b: Value): Value {
    const shape = commonShape(a.shape, b.shape)
    return this.same(op, this.broadcast(a, shape), this.broadcast(b, shape))
  }

  /** A number, or a tensor full of it. */
  number(value: number, dtype: DType = 'f32', shape: readonly number[] = []): Value {
    const type = tensor(shape, dtype)
    return this.#line(shape, dtype, `stablehlo.constant dense<${literal(value, dtype)}> : ${type}`)
  }

  constant(data: Float32Array | Int32Array, shape: readonly number[]): Value {
    const dtype = data instanceof Int32Array ? 'i32' : 'f32'
    if (data.length > 0 && data.every((x) => Object.is(x, data[0])))
      return this.number(data[0], dtype, shape)
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    const values = data.length > 0 ? `"0x${bytes.toString('hex').toUpperCase()}"` : ''
    return this.#line(shape, dtype, `stablehlo.constant dense<${values}> : ${tensor(shape, dtype)}`)
  }

  /** Repeats along new axes and those of length 1; axis i of x is axis `axes[i]` of the result, the last ones unless given. */
  broadcast(
    x: Value,
    shape: readonly number[],
    axes: readonly number[] = x.shape.map((_, i) => shape.length - x.shape.length + i),
  ): Value {
    if (x.shape.join() === shape.join()) return x
    return this.#to(shape, x, `stablehlo.broadcast_in_dim ${x.name}, dims = [${axes.join(', ')}]`)
  }

  reshape(x: Value, shape: readonly number[]): Value {
    if (x.shape.join() === shape.join()) return x
    return this.#to(shape, x, `stablehlo.reshape ${x.name}`)
  }

  transpose(x: Value, order: readonly number[]): Value {
    const shape = order.map((i) => x.shape[i])
    return this.#to(shape, x, `stablehlo.transpose ${x.name}, dims = [${order.join(', ')}]`)
  }

  convert(x: Value, dtype: DType): Value {
    return this.#to(x.shape, x, `stablehlo.convert ${x.name}`, dtype)
  }

  /** From `start` up to `end` along an axis. */
  slice(x: Value, axis: number, start: number, end: number): Value {
    const ranges = x.shape.map((length, i) => (i === axis ? `${start}:${end}` : `0:${length}`))
    const shape = x.shape.map((length, i) => (i === axis ? end - start : length))
    return this.#to(shape, x, `stablehlo.slice ${x.name} [${ranges.join(', ')}]`)
  }

  concatenate(parts: readonly Value[], axis: number): Value {
    const [{ dtype }] = parts
    const length = parts.reduce((sum, { shape }) => sum + shape[axis], 0)
    const shape = parts[0].shape.map((dim, i) => (i === axis ? length : dim))
    const types = parts.map(typeOf).join(', ')
    return this.#line(
      shape,
      dtype,
      `stablehlo.concatenate ${namesOf(parts)}, dim = ${axis} : (${types}) -> ${tensor(shape, dtype)}`,
    )
  }

  /** Each element's place along an axis, i32. */
  iota(shape: readonly number[], axis: number): Value {
    return this.#line(shape, 'i32', `stablehlo.iota dim = ${axis} : ${tensor(shape, 'i32')}`)
  }

  compare(how: Comparison, a: Value, b: Value): Value {
    const shape = commonShape(a.shape, b.shape)
    const [x, y] = [this.broadcast(a, shape), this.broadcast(b, shape)]
    const kind = x.dtype === 'i32' ? 'SIGNED' : 'FLOAT'
    return this.#line(
      shape,
      'bool',
      `stablehlo.compare ${how}, ${x.name}, ${y.name}, ${kind} : (${typeOf(x)}, ${typeOf(y)}) -> ${tensor(shape, 'bool')}`,
    )
  }

  select(where: Value, a: Value, b: Value): Value {
    const shape = commonShape(where.shape, commonShape(a.shape, b.shape))
    const [p, x, y] = [where, a, b].map((value) => this.broadcast(value, shape))
    const types = `${typeOf(p)}, ${typeOf(x)}`
    return this.#line(shape, x.dtype, `stablehlo.select ${namesOf([p, x, y])} : ${types}`)
  }

  /** The sum, the largest or the smallest along axes. */
  reduce(
    how: 'add' | 'maximum' | 'minimum',
    x: Value,
    axes: readonly number[],
    keepDims = false,
  ): Value {
    const least = x.dtype === 'i32' ? 2 ** 31 - 1 : Number.POSITIVE_INFINITY
    const start = { add: 0, maximum: Number.NEGATIVE_INFINITY, minimum: least }[how]
    const initial = this.number(start, x.dtype)
    const shape = x.shape.filter((_, i) => !axes.includes(i))
    const reduced = this.#line(
      shape,
      x.dtype,
      `stablehlo.reduce(${x.name} init: ${initial.name}) applies stablehlo.${how} across dimensions = [${axes.join(', ')}] : (${typeOf(x)}, ${typeOf(initial)}) -> ${tensor(shape, x.dtype)}`,
    )
    const kept = x.shape.map((length, i) => (axes.includes(i) ? 1 : length))
    return keepDims ? this.reshape(reduced, kept) : reduced
  }

  /** The product over the last two axes, each factor's read as they are or swapped; leading axes are those of a stack. */
  matmul(a: Value, b: Value, { transposeA = false, transposeB = false } = {}): Value {
    const rank = a.shape.length
    const [m, inner] = transposeA ? [rank - 1, rank - 2] : [rank - 2, rank - 1]
    const [n, innerB] = transposeB ? [rank - 2, rank - 1] : [rank - 1, rank - 2]
    const stack = a.shape.slice(0, -2)
    const axes = stack.map((_, i) => i).join(', ')
    const stacked = stack.length > 0 ? `batching_dims = [${axes}] x [${axes}], ` : ''
    const shape = [...stack, a.shape[m], b.shape[n]]
    return this.#line(
      shape,
      'f32',
      // A GPU rounds the factors to ten bits otherwise.
      `stablehlo.dot_general ${namesOf([a, b])}, ${stacked}contracting_dims = [${inner}] x [${innerB}], precision = [HIGHEST, HIGHEST] : (${typeOf(a)}, ${typeOf(b)}) -> ${tensor(shape, 'f32')}`,
    )
  }

  /** `[count, width]`: rows of a matrix by number. Numbers out of range are clamped. */
  rows(table: Value, numbers: Value): Value {
    const width = table.shape[1]
    const shape = [numbers.shape[0], width]
    return this.#line(
      shape,
      table.dtype,
      `"stablehlo.gather"(${namesOf([table, numbers])}) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1, ${width}>, indices_are_sorted = false}> : (${typeOf(table)}, ${typeOf(numbers)}) -> ${tensor(shape, table.dtype)}`,
    )
  }

  /** A matrix with rows of unique numbers set. Numbers out of range are dropped. */
  setRows(target: Value, numbers: Value, rows: Value): Value {
    const scalar = tensor([], target.dtype)
    return this.#line(
      target.shape,
      target.dtype,
      `"stablehlo.scatter"(${namesOf([target, numbers, rows])}) <{scatter_dimension_numbers = #stablehlo.scatter<update_window_dims = [1], inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>, indices_are_sorted = false, unique_indices = true}> ({\n^bb0(%old: ${scalar}, %new: ${scalar}):\n  stablehlo.return %new : ${scalar}\n}) : (${typeOf(target)}, ${typeOf(numbers)}, ${typeOf(rows)}) -> ${typeOf(target)}`,
    )
  }

  #to(shape: readonly number[], x: Value, text: string, dtype: DType = x.dtype): Value {
    return this.#line(shape, dtype, `${text} : (${typeOf(x)}) -> ${tensor(shape, dtype)}`)
  }

  #line(shape: readonly number[], dtype: DType, text: string): Value {
    const known = this.#known.get(text)
    if (known) return known
    const value = { name: `%${this.#known.size}`, shape, dtype }
    this.lines.push(`${value.name} = ${text}`)
    this.#known.set(text, value)
    return value
  }
}

const namesOf = (values: readonly Value[]) => values.map(({ name }) => name).join(', ')

/** What two shapes broadcast to; that they do was checked when the graph was made. */
function commonShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1
    const y = b[b.length - rank + i] ?? 1
    return x === 1 ? y : x
  })
}
