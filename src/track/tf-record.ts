const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++)
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1
  return remainder >>> 0
})

/** CRC-32C (Castagnoli) of bytes. Source: RFC 3720, appendix B.4. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = table[(crc ^ byte) & 0xff] ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

/**
 * Bytes as one record of a TFRecord file: length u64, its masked CRC-32C, the bytes, theirs; little-endian.
 *
 * Source: tensorflow/core/lib/io/record_writer.h; the mask is `(crc >> 15 | crc << 17) + 0xa282ead8`.
 */
export function tfRecord(bytes: Uint8Array): Uint8Array {
  const record = new Uint8Array(16 + bytes.length)
  const view = new DataView(record.buffer)
  view.setBigUint64(0, BigInt(bytes.length), true)
  view.setUint32(8, masked(crc32c(record.subarray(0, 8))), true)
  record.set(bytes, 12)
  view.setUint32(12 + bytes.length, masked(crc32c(bytes)), true)
  return record
}

function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}
