import {
  decodeValues,
  encodeValues,
  type StoredDType,
  storedBytes,
} from '../../checkpoint/dtype.ts'
import type { WrittenBlockType } from './block-type.ts'

/** A type that is no quantisation: one value a block. */
function float(id: number, name: StoredDType): WrittenBlockType {
  return {
    id,
    name,
    blockValues: 1,
    blockBytes: storedBytes[name],
    decode: (bytes, values) => decodeValues(bytes, name, values),
    encode: (values) => encodeValues(values, name),
  }
}

export const f32 = float(0, 'F32')
export const f16 = float(1, 'F16')
export const bf16 = float(30, 'BF16')
