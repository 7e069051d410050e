/** A question with the answer that is right and some that are wrong. */
export interface ChoiceQuestion {
  readonly question: string
  /** a word or a sentence, as a model would say it */
  readonly answer: string
  /** `[≥ 1]`, of the answer's form */
  readonly wrong: readonly string[]
}

/**
 * Reads a table of questions: a line is `question | frame | right | wrong | …`, and an answer is the frame with one of them in
 * place of its `{}`.
 *
 * @throws RangeError for a line of another form
 */
export function questionTable(text: string): ChoiceQuestion[] {
  return tableLines(text).map((line) => {
    const [question, frame, right, ...wrong] = line.split(' | ')
    if (wrong.length === 0 || frame.split('{}').length !== 2)
      throw new RangeError(`expected question | frame with {} | right | wrong, got ${line}`)
    const filled = (word: string) => frame.replace('{}', () => word)
    return { question, answer: filled(right), wrong: wrong.map(filled) }
  })
}

/** The lines of a table that are not empty. */
export function tableLines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}
