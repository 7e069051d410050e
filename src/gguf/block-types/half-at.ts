import { f16ToF32 } from '../../checkpoint/half.ts'

let table: Float32Array | undefined

/** The binary16 number at a byte offset. */
export function halfAt(bytes: Uint8Array, offset: number): number {
  if (!table) {
    table = new Float32Array(65536)
    f16ToF32(
      Uint16Array.from(table, (_, i) => i),
      table,
    )
  }
  return table[bytes[offset] | (bytes[offset + 1] << 8)]
}
