const [textType, listType] = [8, 9]
const mark = '\ufeff'

/**
 * The texts of a list in the head of a GGUF file of version 2 or 3, to the byte: the library that reads the rest drops U+FEFF
 * where a text begins with it.
 *
 * @param head of the file, as far as the data of its tensors
 * @param read what the library has read of the list
 * @returns `read` where nothing in the head is these texts with what was dropped
 */
export function exactTexts(head: Uint8Array, key: string, read: readonly string[]): string[] {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength)
  if (!bytes.includes(mark)) return [...read]
  const begin = Buffer.alloc(8 + key.length + 8)
  begin.writeBigUInt64LE(BigInt(key.length))
  begin.write(key, 8)
  begin.writeUInt32LE(listType, 8 + key.length)
  begin.writeUInt32LE(textType, 12 + key.length)
  const found = bytes.indexOf(begin)
  if (found < 0) return [...read]
  // After it stands how many there are, which the library knows.
  let at = found + begin.length + 8
  const exact: string[] = []
  for (const text of read) {
    if (at + 8 > bytes.length) return [...read]
    const end = at + 8 + Number(bytes.readBigUInt64LE(at))
    const own = bytes.toString('utf8', at + 8, Math.min(end, bytes.length))
    if (own !== text && own !== mark + text) return [...read]
    exact.push(own)
    at = end
  }
  return exact
}
