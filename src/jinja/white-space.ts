/** What Python takes for white space, as the inside of a character class; JavaScript's `\s` is another set. */
export const pythonSpace =
  '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'

const isSpaceRegex = new RegExp(`^[${pythonSpace}]$`)

export function isSpace(character: string): boolean {
  return isSpaceRegex.test(character)
}

export function trimStart(text: string, isCut: (character: string) => boolean = isSpace): string {
  const characters = [...text]
  let start = 0
  while (start < characters.length && isCut(characters[start])) start++
  return start === 0 ? text : characters.slice(start).join('')
}

export function trimEnd(text: string, isCut: (character: string) => boolean = isSpace): string {
  const characters = [...text]
  let end = characters.length
  while (end > 0 && isCut(characters[end - 1])) end--
  return end === characters.length ? text : characters.slice(0, end).join('')
}
