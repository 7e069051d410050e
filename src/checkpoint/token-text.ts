/**
 * What a token adds to the text, for people: ` river` for `Ġriver` or `▁river`. A token of bytes that are not whole
 * characters is shown as `<0xE2><0x80>`.
 *
 * @param spelling  as the vocabulary has it
 * @param byteLevel whether the vocabulary spells bytes as GPT-2's does
 */
export function tokenText(spelling: string, byteLevel: boolean): string {
  if (!byteLevel) return spelling.replaceAll('▁', ' ')
  byteOf ??= byteAlphabet()
  const bytes: number[] = []
  for (const character of spelling) {
    const byte = byteOf.get(character)
    if (byte === undefined) return spelling
    bytes.push(byte)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes))
  } catch {
    return bytes.map((byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`).join('')
  }
}

let byteOf: Map<string, number> | undefined

/** GPT-2's spelling: printable Latin-1 as itself, the other 68 bytes from U+0100 on. Source: openai/gpt-2 encoder.py. */
function byteAlphabet(): Map<string, number> {
  const alphabet = new Map<string, number>()
  let next = 256
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173)
    alphabet.set(String.fromCharCode(printable ? byte : next++), byte)
  }
  return alphabet
}
