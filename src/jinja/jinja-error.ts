/** What is wrong with a template, or with what it is given. */
export class JinjaError extends Error {
  /** Whether it needs no line any more. */
  readonly isPlaced: boolean

  /** @param line null for words that are the template's own */
  constructor(message: string, line?: number | null) {
    super(typeof line === 'number' ? `line ${line}: ${message}` : message)
    this.name = 'JinjaError'
    this.isPlaced = line !== undefined
  }
}
