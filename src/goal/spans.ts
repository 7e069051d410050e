import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import type { Example } from '../data/example.ts'

/**
 * Which answer tokens of an example have a character of the given spans of its answer.
 *
 * A token belongs to the characters by which the decoded text grows with it; characters of several tokens belong to all of
 * them up to the one that completes them.
 *
 * @param spans `[start, end)` in UTF-16 units of `example.answer`
 * @returns `[answers]` 1 or 0
 */
export function tokensOfSpans(
  example: Example,
  tokenizer: Tokenizer,
  spans: readonly (readonly [start: number, end: number])[],
): Uint8Array {
  const places = answerPlaces(example)
  const first = places[0] ?? 0
  const decode = (start: number, end: number) =>
    tokenizer.decode(example.tokens.subarray(start, end), { skipSpecialTokens: true })
  const whole = decode(first, example.tokens.length)
  const offset = Math.max(0, whole.indexOf(example.answer))
  // Of the tokens before a place the last few are decoded with it: all of them each time would take the square of a text's length.
  let since = { token: first, skipped: 0, text: 0 }
  let from = 0
  return Uint8Array.from(places, (place) => {
    const decoded = decode(since.token, place + 1).slice(since.skipped)
    const end = since.text + commonLength(whole.slice(since.text), decoded)
    const start = from
    from = Math.max(from, end)
    const isWhole = end === since.text + decoded.length
    if (isWhole && place + 1 - since.token >= 2 * overlap) {
      const token = place + 1 - overlap
      since = { token, skipped: decode(token, place + 1).length, text: end }
    }
    return spans.some(([a, b]) => a + offset < end && b + offset > start) ? 1 : 0
  })
}

/** Tokens that are decoded with the next, so that no character is cut. */
const overlap = 8

function answerPlaces({ trained }: Example): number[] {
  return [...trained.keys()].filter((place) => trained[place] === 1)
}

/** A half-decoded character is written as U+FFFD, which the whole text does not have there. */
function commonLength(whole: string, part: string): number {
  let length = 0
  while (length < part.length && part[length] === whole[length]) length++
  return length
}
