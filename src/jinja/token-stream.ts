import { JinjaError } from './jinja-error.ts'
import type { Token, TokenType } from './lexer.ts'

/** Deepest nesting of expressions and blocks; what people write has less than twenty. */
const deepest = 200

/** Tokens read one by one, with what parsers ask of them. */
export class TokenStream {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get current(): Token {
    return this.#tokens[this.#at]
  }

  get following(): Token {
    return this.#tokens[Math.min(this.#at + 1, this.#tokens.length - 1)]
  }

  next(): Token {
    const token = this.current
    if (token.type !== 'end') this.#at++
    return token
  }

  is(type: TokenType, ...texts: readonly string[]): boolean {
    const { current } = this
    return current.type === type && (texts.length === 0 || texts.includes(current.text))
  }

  /** Whether the token was there; then it is read. */
  skip(type: TokenType, text: string): boolean {
    const found = this.is(type, text)
    if (found) this.next()
    return found
  }

  expect(type: TokenType, text?: string): Token {
    if (this.is(type, ...(text === undefined ? [] : [text]))) return this.next()
    return this.fail(`expected ${text === undefined ? type : `'${text}'`}, got ${this.shown()}`)
  }

  fail(message: string): never {
    throw new JinjaError(message, this.current.line)
  }

  shown(): string {
    const { type, text } = this.current
    return type === 'end' ? 'the end of the template' : text === '' ? type : `'${text}'`
  }

  /** One level deeper, so that no template ends the stack. */
  nested<Result>(parse: () => Result): Result {
    if (++this.#depth > deepest) this.fail(`nested deeper than ${deepest} levels`)
    const result = parse()
    this.#depth--
    return result
  }
}
