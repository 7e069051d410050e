import { dtypeBits, encodeValues, isStoredDType, storedBytes } from './dtype.ts'
import { pieceBytes } from './safetensors.ts'

/** A tensor to be written, without its values. */
export interface TensorSpec {
  readonly name: string
  /** Any type of safetensors. */
  readonly dtype: string
  readonly shape: readonly number[]
}

/** Values to be rounded to the type of a tensor, or bytes that are stored as they are. */
export type TensorData = Float32Array | Uint8Array

export interface SafetensorsLayout {
  /** The length of the header, the header, spaces up to a multiple of 8. */
  readonly head: Uint8Array
  /** The tensors in the order of the data: wider types first, then by name. */
  readonly order: readonly TensorSpec[]
  /** Of the whole file. */
  readonly byteLength: number
}

/** From the narrowest type to the widest. */
const types = [...dtypeBits.keys()]

/**
 * Where everything goes in a safetensors file; the same bytes as the Python and Rust writers give.
 *
 * Source: huggingface/safetensors, safetensors/src/tensor.rs (`prepare`).
 */
export function safetensorsLayout(
  tensors: readonly TensorSpec[],
  metadata: Readonly<Record<string, string>>,
): SafetensorsLayout {
  const order = [...tensors].sort(
    (a, b) => types.indexOf(b.dtype) - types.indexOf(a.dtype) || compareCodePoints(a.name, b.name),
  )
  const entries: [string, unknown][] = []
  if (Object.keys(metadata).length > 0) entries.push(['__metadata__', metadata])
  let end = 0
  for (const { name, dtype, shape } of order) {
    const start = end
    end += byteLength({ dtype, shape })
    entries.push([name, { dtype, shape, data_offsets: [start, end] }])
  }
  // Not `JSON.stringify` of one object: names that look like numbers would be moved to the front.
  const fields = entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
  const header = new TextEncoder().encode(`{${fields.join(',')}}`)
  const padded = Math.ceil(header.length / 8) * 8
  const head = new Uint8Array(8 + padded).fill(0x20)
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true)
  head.set(header, 8)
  return { head, order, byteLength: head.length + end }
}

/**
 * The bytes of a safetensors file, piece by piece. Each tensor is asked for once, when its turn comes in the order of
 * the layout, so that one tensor is in memory at a time; values are rounded to nearest even. A piece may be a view of
 * the tensor: use it before asking for the next.
 *
 * @param read the float32 values of a tensor, product(shape) of them; or its bytes, as they are to be stored
 */
export async function* safetensorsBytes(
  layout: SafetensorsLayout,
  read: (name: string) => TensorData | Promise<TensorData>,
): AsyncGenerator<Uint8Array> {
  yield layout.head
  for (const { name, dtype, shape } of layout.order) {
    const values = await read(name)
    if (values instanceof Uint8Array) {
      if (values.length !== byteLength({ dtype, shape }))
        throw new Error(
          `${name}: expected ${byteLength({ dtype, shape })} bytes, got ${values.length}`,
        )
      yield values
      continue
    }
    if (!isStoredDType(dtype)) throw new Error(`${name}: expected bytes of ${dtype}, got values`)
    const size = shape.reduce((product, length) => product * length, 1)
    if (values.length !== size)
      throw new Error(
        `${name}: expected product([${shape}]) = ${size} values, got ${values.length}`,
      )
    const step = pieceBytes / storedBytes[dtype]
    for (let start = 0; start < size; start += step)
      yield encodeValues(values.subarray(start, start + step), dtype)
  }
}

export function byteLength({ dtype, shape }: Pick<TensorSpec, 'dtype' | 'shape'>): number {
  const bits = dtypeBits.get(dtype) as number
  return shape.reduce((product, length) => product * length, bits) / 8
}

/** The order of UTF-8 bytes, which is that of code points and not that of UTF-16. */
function compareCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]]
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i].codePointAt(0) as number) - (right[i].codePointAt(0) as number)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}
