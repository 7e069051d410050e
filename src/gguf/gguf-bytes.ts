import { buildGgufHeader, type GGUFTypedMetadata, GGUFValueType } from '@huggingface/gguf'
import type { WrittenBlockType } from './block-types/block-type.ts'
import type { TypedMetadata } from './typed-values.ts'

/** A tensor of a file to be written. */
export interface WrittenTensor {
  readonly name: string
  /** outermost axis first */
  readonly shape: readonly number[]
  readonly type: WrittenBlockType
  /** Its values, asked for once. */
  read(): Promise<Float32Array>
}

const alignment = 32
const aligned = (bytes: number) => Math.ceil(bytes / alignment) * alignment
/** A multiple of the values of every block. */
const pieceValues = 2 ** 22

/**
 * The bytes of a GGUF file of version 3, piece by piece; each tensor is asked for when its turn comes, so that one is in memory
 * at a time. A piece may be a view of the tensor: use it before asking for the next.
 *
 * Source: gguf, gguf_writer.py (`GGUFWriter`).
 */
export async function* ggufBytes(
  metadata: TypedMetadata,
  tensors: readonly WrittenTensor[],
): AsyncGenerator<Uint8Array> {
  yield await header(metadata, tensors)
  for (const { name, shape, type, read } of tensors) {
    const values = await read()
    if (values.length !== valuesOf(shape))
      throw new Error(`internal: ${name}: expected ${valuesOf(shape)} values, got ${values.length}`)
    for (let start = 0; start < values.length; start += pieceValues)
      yield type.encode(values.subarray(start, start + pieceValues))
    const bytes = bytesOf(shape, type)
    yield new Uint8Array(aligned(bytes) - bytes)
  }
}

/** Bytes that a tensor takes, without what fills up to the next. */
export function bytesOf(shape: readonly number[], type: WrittenBlockType): number {
  return (valuesOf(shape) / type.blockValues) * type.blockBytes
}

async function header(
  metadata: TypedMetadata,
  tensors: readonly WrittenTensor[],
): Promise<Uint8Array> {
  let offset = 0
  const infos = tensors.map(({ name, shape, type }) => {
    const info = tensorInfo(name, shape, type, offset)
    offset += aligned(bytesOf(shape, type))
    return info
  })
  const size = infos.reduce((sum, { length }) => sum + length, 0)
  const typed = {
    version: { value: 3, type: GGUFValueType.UINT32 },
    tensor_count: { value: BigInt(tensors.length), type: GGUFValueType.UINT64 },
    kv_count: { value: BigInt(Object.keys(metadata).length), type: GGUFValueType.UINT64 },
    ...metadata,
  } as GGUFTypedMetadata
  const blob = await buildGgufHeader(new Blob(infos), typed, {
    littleEndian: true,
    tensorInfoByteRange: [0, size],
    alignment,
  })
  return new Uint8Array(await blob.arrayBuffer())
}

/** Name, axes innermost first, type, place from the first tensor's. */
function tensorInfo(
  name: string,
  shape: readonly number[],
  type: WrittenBlockType,
  offset: number,
): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(name)
  const bytes = new Uint8Array(8 + text.length + 4 + 8 * shape.length + 4 + 8)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  let at = 8 + text.length
  view.setUint32(at, shape.length, true)
  at += 4
  for (const length of [...shape].reverse()) {
    view.setBigUint64(at, BigInt(length), true)
    at += 8
  }
  view.setUint32(at, type.id, true)
  view.setBigUint64(at + 4, BigInt(offset), true)
  return bytes
}

export function valuesOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1)
}
