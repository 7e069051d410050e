import { type Problem, UserError } from '../error.ts'
import type { ByteSource } from './bytes.ts'
import { decodeValues, dtypeBits, type StoredDType, storedBytes } from './dtype.ts'
import { type JsonObject, jsonEntries, parseJsonObject } from './json-text.ts'
import { isPointer, pointerFile } from './pointer-file.ts'
import { throwProblems } from './throw-problems.ts'

/** One tensor of a safetensors file. */
export interface StoredTensor {
  /** As the file says, e.g. `BF16`; not only types that can be weights. */
  readonly dtype: string
  readonly shape: readonly number[]
  /** First byte in the file. */
  readonly offset: number
  readonly byteLength: number
}

export interface SafetensorsHeader {
  /** In the order of the data. */
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly metadata: Readonly<Record<string, string>>
}

const maxHeaderBytes = 100_000_000

/**
 * Reads the header of a safetensors file: two reads by range, whatever the size of the file.
 *
 * file = length of header (u64, little-endian) · header (JSON) · data; the data must be covered by the tensors without
 * gap or overlap, to the last byte, and the bytes of each must be product(shape) × width(dtype).
 *
 * @throws UserError with every problem found in the header
 * Differs from the Python and Rust readers: repeated keys are an error.
 * Source: huggingface/safetensors, README.md (format), safetensors/src/tensor.rs (`Metadata::validate`).
 */
export async function readSafetensorsHeader(source: ByteSource): Promise<SafetensorsHeader> {
  const { name, size } = source
  const headerBytes = await readHeaderLength(source)
  const dataStart = 8 + headerBytes
  const { text, value } = parseJsonObject(`${name}: header`, await source.read(8, headerBytes))
  const problems: Problem[] = []
  problems.push(...repeatedKeys(name, text))
  const metadata = readMetadata(name, value, problems)
  const entries: [string, StoredTensor][] = []
  for (const [tensor, info] of Object.entries(value)) {
    if (tensor === '__metadata__') continue
    const entry = readEntry(`${name}: ${tensor}`, info, dataStart, problems)
    if (entry) entries.push([tensor, entry])
  }
  throwProblems(problems)

  entries.sort(([, a], [, b]) => a.offset - b.offset || a.byteLength - b.byteLength)
  let end = dataStart
  for (const [tensor, { offset, byteLength }] of entries) {
    if (offset !== end)
      problems.push({
        code: 'invalid-offsets',
        path: `${name}: ${tensor}`,
        expected: `data_offsets to start where the tensor before ends = ${end - dataStart}`,
        got: `${offset - dataStart} (${offset < end ? 'they overlap' : 'a gap'})`,
      })
    end = Math.max(end, offset + byteLength)
  }
  if (end !== size)
    problems.push({
      code: end > size ? 'truncated-file' : 'invalid-offsets',
      path: name,
      expected: `8 + header + data = 8 + ${headerBytes} + ${end - dataStart} = ${end} bytes`,
      got: `${size} bytes`,
      hint:
        end > size
          ? 'The file is truncated, or its header lies; copy or download it again.'
          : 'There are bytes that belong to no tensor.',
    })
  throwProblems(problems)
  return { tensors: new Map(entries), metadata }
}

/** Tensors are read and written in pieces of this size, so that only one is in memory as a whole. */
export const pieceBytes = 1 << 24

/** A tensor of a stored float type as float32, exact. Memory: the tensor, and a piece of 16 MiB. */
export async function readValues(source: ByteSource, tensor: StoredTensor): Promise<Float32Array> {
  const dtype = tensor.dtype as StoredDType
  const width = storedBytes[dtype]
  const values = new Float32Array(tensor.byteLength / width)
  for (let start = 0; start < tensor.byteLength; start += pieceBytes) {
    const length = Math.min(pieceBytes, tensor.byteLength - start)
    const bytes = await source.read(tensor.offset + start, length)
    decodeValues(bytes, dtype, values.subarray(start / width, (start + length) / width))
  }
  return values
}

async function readHeaderLength(source: ByteSource): Promise<number> {
  const { name, size } = source
  if (size < 8)
    throw new UserError({
      code: 'truncated-file',
      path: name,
      expected: 'a safetensors file, at least 8 bytes',
      got: `${size} bytes`,
    })
  const start = await source.read(0, 8)
  const length = Number(new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true))
  if (length > Math.min(size - 8, maxHeaderBytes)) {
    if (isPointer(await source.read(0, Math.min(size, 64)))) throw pointerFile(name)
    throw new UserError({
      code: 'invalid-header-length',
      path: name,
      expected: `header length ≤ min(file size − 8, ${maxHeaderBytes}) = ${Math.min(size - 8, maxHeaderBytes)}`,
      got: `${length}`,
      hint: 'The file is truncated or is not a safetensors file.',
    })
  }
  return length
}

function repeatedKeys(name: string, text: string): Problem[] {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  for (const { object, key } of jsonEntries(text)) {
    const id = `${object} ${key}`
    if (seen.has(id)) repeated.add(key)
    seen.add(id)
  }
  return [...repeated].map((key) => ({
    code: 'duplicate-key',
    path: `${name}: ${key}`,
    expected: 'each key once in the header',
    got: 'the key more than once',
  }))
}

function readMetadata(
  name: string,
  header: JsonObject,
  problems: Problem[],
): Record<string, string> {
  const metadata = header.__metadata__ ?? {}
  const strings =
    typeof metadata === 'object' &&
    !Array.isArray(metadata) &&
    Object.values(metadata).every((value) => typeof value === 'string')
  if (strings) return metadata as Record<string, string>
  problems.push({
    code: 'invalid-header',
    path: `${name}: __metadata__`,
    expected: 'an object of strings',
    got: JSON.stringify(metadata).slice(0, 80),
  })
  return {}
}

function readEntry(
  path: string,
  info: unknown,
  dataStart: number,
  problems: Problem[],
): StoredTensor | null {
  const { dtype, shape, data_offsets: offsets } = (info ?? {}) as JsonObject
  const bits = typeof dtype === 'string' ? dtypeBits.get(dtype) : undefined
  if (bits === undefined) {
    problems.push({
      code: 'invalid-dtype',
      path,
      expected: `dtype ∈ {${[...dtypeBits.keys()].join(', ')}}`,
      got: JSON.stringify(dtype) ?? 'none',
    })
    return null
  }
  if (!isCounts(shape)) {
    problems.push({
      code: 'invalid-shape',
      path,
      expected: 'shape = [whole numbers ≥ 0]',
      got: JSON.stringify(shape) ?? 'none',
    })
    return null
  }
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    problems.push({
      code: 'invalid-offsets',
      path,
      expected: 'data_offsets = [start, end], 0 ≤ start ≤ end',
      got: JSON.stringify(offsets) ?? 'none',
    })
    return null
  }
  const byteLength = (shape.reduce((product, length) => product * length, 1) * bits) / 8
  if (byteLength !== offsets[1] - offsets[0]) {
    const formula = `product([${shape.join(', ')}]) × ${bits / 8} (${dtype})`
    problems.push({
      code: 'invalid-size',
      path,
      expected: `end − start = ${formula} = ${byteLength} bytes`,
      got: `${offsets[1]} − ${offsets[0]} = ${offsets[1] - offsets[0]}`,
    })
    return null
  }
  return { dtype: dtype as string, shape, offset: dataStart + offsets[0], byteLength }
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0)
}
