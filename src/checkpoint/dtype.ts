import { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16 } from './half.ts'

/** The types weights are kept in on disk; in memory they are float32. */
export type StoredDType = 'F32' | 'F16' | 'BF16'

/** Bits of one element of every type that safetensors knows. */
export const dtypeBits: ReadonlyMap<string, number> = new Map(
  Object.entries({
    4: 'F4',
    6: 'F6_E2M3 F6_E3M2',
    8: 'BOOL U8 I8 F8_E5M2 F8_E4M3 F8_E8M0 F8_E4M3FNUZ F8_E5M2FNUZ',
    16: 'I16 U16 F16 BF16',
    32: 'I32 U32 F32',
    64: 'C64 F64 I64 U64',
  }).flatMap(([bits, names]) => names.split(' ').map((name) => [name, Number(bits)] as const)),
)

export const storedBytes: Readonly<Record<StoredDType, number>> = { F32: 4, F16: 2, BF16: 2 }

export function isStoredDType(dtype: string): dtype is StoredDType {
  return Object.hasOwn(storedBytes, dtype)
}

/** Stored little-endian bytes → float32, as many as `target` holds. Exact. */
export function decodeValues(bytes: Uint8Array, dtype: StoredDType, target: Float32Array): void {
  if (dtype === 'F32') {
    new Uint8Array(target.buffer, target.byteOffset, target.byteLength).set(bytes)
    return
  }
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice()
  const source = new Uint16Array(aligned.buffer, aligned.byteOffset, target.length)
  if (dtype === 'BF16') bf16ToF32(source, target)
  else f16ToF32(source, target)
}

/** Float32 → stored little-endian bytes, round to nearest even. For F32 a view of `values`, not a copy. */
export function encodeValues(values: Float32Array, dtype: StoredDType): Uint8Array {
  if (dtype === 'F32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const target = new Uint16Array(values.length)
  if (dtype === 'BF16') f32ToBf16(values, target)
  else f32ToF16(values, target)
  return new Uint8Array(target.buffer)
}

/** Rounds values in place to what is left of them once they are stored. */
export function roundValues(values: Float32Array, dtype: StoredDType): void {
  if (dtype !== 'F32') decodeValues(encodeValues(values, dtype), dtype, values)
}
