import type { Tokenizer } from '../checkpoint/tokenizer.ts'

/** A piece of the text of one sequence. */
export interface Segment {
  text: string
  trained: boolean
  /** The end token is appended after it; what follows is encoded apart. */
  end: boolean
}

/** What `encodeSegments` makes. */
export interface EncodedSegments {
  tokens: Int32Array
  /** `[tokens]` 1 where the token is a label; never the first, which nothing predicts. */
  trained: Uint8Array
  /** Tokens before each trained segment. */
  starts: number[]
  /** False where encoding a segment apart made the tokens say something else than the text. */
  faithful: boolean
}

/**
 * Tokens of a text given in segments, such that what stands before a trained segment is exactly what encoding it
 * alone gives: the tokens that generation starts from.
 *
 * The text is encoded as a whole as long as that holds. Where a token would reach across the border (a prompt that
 * ends in a space, an answer that begins with a newline) the segment is encoded apart.
 *
 * @param options.addSpecialTokens whether the tokenizer puts its own start token first: yes for plain text, no for a
 *   chat template, which writes it itself
 */
export function encodeSegments(
  segments: readonly Segment[],
  tokenizer: Tokenizer,
  options: { addSpecialTokens: boolean },
): EncodedSegments {
  const tokens: number[] = []
  const trained: number[] = []
  const starts: number[] = []
  let faithful = true
  let open = 0 // where the text since the last end token begins
  let text = ''
  for (const segment of segments) {
    if (segment.trained) starts.push(tokens.length)
    text += segment.text
    const whole = encodeStart(text, tokenizer, options.addSpecialTokens && open === 0)
    if (tokens.slice(open).every((token, i) => token === whole[i]))
      for (const token of whole.subarray(tokens.length - open)) tokens.push(token)
    else {
      const apart = tokenizer.encode(segment.text, { addSpecialTokens: false })
      for (const token of apart) tokens.push(token)
      faithful &&= tokenizer.decode(tokens.slice(open)) === tokenizer.decode(whole)
    }
    if (segment.end && tokenizer.eosToken !== null) {
      tokens.push(tokenizer.eosToken)
      open = tokens.length
      text = ''
    }
    while (trained.length < tokens.length)
      trained.push(segment.trained && trained.length > 0 ? 1 : 0)
  }
  return { tokens: Int32Array.from(tokens), trained: Uint8Array.from(trained), starts, faithful }
}

/** Tokens of a text to be continued: some tokenizers close every text with the end token, which must not stand there. */
function encodeStart(text: string, tokenizer: Tokenizer, addSpecialTokens: boolean): Int32Array {
  const tokens = tokenizer.encode(text, { addSpecialTokens })
  // A lone token is the start token, also where start and end are the same.
  if (!addSpecialTokens || tokens.length < 2 || tokens.at(-1) !== tokenizer.eosToken) return tokens
  const bare = tokenizer.encode(text, { addSpecialTokens: false })
  return bare.at(-1) === tokenizer.eosToken ? tokens : tokens.slice(0, -1)
}
