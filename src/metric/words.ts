/** A word of a text, or what stands between two: every character of a text is in exactly one of them. */
export interface TextPart {
  readonly text: string
  readonly start: number
  /** A word: letters, marks and digits, joined by apostrophes, full stops or hyphens inside. */
  readonly isWord: boolean
}

const word = /[\p{L}\p{M}\p{N}]+(?:['’.-][\p{L}\p{M}\p{N}]+)*/gu

/** Takes a text apart; joined, the parts are the text again. */
export function partsOf(text: string): TextPart[] {
  const parts: TextPart[] = []
  let end = 0
  const upTo = (start: number) => {
    if (start > end) parts.push({ text: text.slice(end, start), start: end, isWord: false })
  }
  for (const match of text.matchAll(word)) {
    upTo(match.index)
    parts.push({ text: match[0], start: match.index, isWord: true })
    end = match.index + match[0].length
  }
  upTo(text.length)
  return parts
}

/** The words of a text, in order. */
export function wordsOf(text: string): TextPart[] {
  return partsOf(text).filter(({ isWord }) => isWord)
}

/** A word as it is compared: small letters, without a possessive ending. */
export function plainWord(text: string): string {
  return text.toLowerCase().replace(/['’]s?$/u, '')
}

/** Words of a question's form rather than of its matter; they begin sentences with a capital that names nothing. */
export const formWords: ReadonlySet<string> = new Set(
  `a about an and are as at be been both but by can could describe did do does during explain find for from give had has have her his
  how i if in into is it its list many may me mention might much name no not of on one or our please provide say shall she should
  so some state tell than that the their them there these they this those to under was we were what when where which while who whom
  whose why will with would yes you your he after before between also any all only more most`
    .split(/\s+/)
    .filter((each) => each !== ''),
)
