import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import type { Example } from './example.ts'

/** One token as people read it. */
export interface PreviewToken {
  text: string
  trained: boolean
}

/** The tokens of an example, each with its text and whether it is trained. */
export function previewTokens(
  example: Pick<Example, 'tokens' | 'trained'>,
  tokenizer: Pick<Tokenizer, 'tokenText'>,
): PreviewToken[] {
  return Array.from(example.tokens, (token, t) => {
    return { text: tokenizer.tokenText(token), trained: example.trained[t] === 1 }
  })
}

/**
 * The tokens as text for a terminal: line breaks shown as ⏎, trained tokens marked.
 *
 * @param options.color with it trained tokens are bold green, every second one underlined so that borders show, and
 *   the others dim; without it each trained token stands in brackets
 */
export function formatPreview(
  tokens: readonly PreviewToken[],
  options: { color: boolean },
): string {
  return tokens
    .map(({ text, trained }, t) => {
      const shown = visible(text)
      if (!options.color) return trained ? `[${shown}]` : shown
      const style = trained ? (t % 2 ? '1;32' : '1;4;32') : '2'
      // Each line is styled by itself: terminals and pagers may drop a style at a line's end.
      return shown.replace(/[^\n]+/g, (line) => `\u001b[${style}m${line}\u001b[0m`)
    })
    .join('')
}

/** Line breaks as ⏎ with the break kept; other control characters, which could drive the terminal, as ␛ and the like. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (char) => {
    if (char === '\n') return '⏎\n'
    const code = char.charCodeAt(0)
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '␡'
  })
}
