import { integer } from '../math/random.ts'
import { partsOf, plainWord } from '../metric/words.ts'

const beginnings =
  'Bel Cor Dar Eld Fen Gal Hal Ist Jor Kel Lor Mor Nor Ost Pel Quor Ral Sel Tor Ul Vor Wen Yar Zel Bram Cald Drev'
const middles = 'a an ar e el en er i il in ir o ol on or u ul un avi enda imo orra'
const endings =
  'bane cott dale den field gard ham lin mond nell ric ron sett son thal ton vane vick wen yth'
const syllables = [beginnings, middles, endings].map((line) => line.split(' '))

/**
 * An invented name in place of a word: letters for letters with a capital where it has one, digits for digits.
 *
 * A pure function of (seed, draw, word), so that a name that is said twice stays one name.
 *
 * @param word as it is compared (`plainWord`)
 */
export function inventedWord(word: string, seed: number, draw: number): string {
  const stream = ['invented', draw, word]
  if (/^\p{N}+$/u.test(word))
    return Array.from(word, (_, place) =>
      // A year stays one of its century; nobody is born in the year 7301.
      word.length === 4 && place < 2 ? word[place] : String(integer(seed, stream, place, 10)),
    ).join('')
  if (/\p{N}/u.test(word))
    return Array.from(word, (sign, place) =>
      /\p{N}/u.test(sign) ? String(integer(seed, stream, place, 10)) : sign,
    ).join('')
  return syllables.map((list, i) => list[integer(seed, stream, i, list.length)]).join('')
}

/**
 * The same text about an invented subject: each of the words is replaced wherever it stands, in the same letters' case.
 *
 * @param words as `subjectWords` gives them
 * @param draw  which of the invented subjects
 */
export function aboutInvented(
  text: string,
  words: readonly string[],
  { seed, draw }: { readonly seed: number; readonly draw: number },
): string {
  const replaced = new Map(words.map((word) => [word, inventedWord(word, seed, draw)]))
  return partsOf(text)
    .map(({ text: part, isWord }) => {
      const name = isWord && replaced.get(plainWord(part))
      if (!name) return part
      const ending = part.slice(plainWord(part).length)
      return (isCapital(part) ? name : name.toLowerCase()) + ending
    })
    .join('')
}

function isCapital(text: string): boolean {
  return !/^\p{Ll}/u.test(text)
}
