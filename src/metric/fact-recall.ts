import { formWords, plainWord, type TextPart, wordsOf } from './words.ts'

/** The words of an answer that its question does not say: those that carry the fact. */
export function factWords(question: string, answer: string): TextPart[] {
  const said = new Set(wordsOf(question).map(({ text }) => plainWord(text)))
  return wordsOf(answer).filter(({ text }) => !said.has(plainWord(text)))
}

/**
 * The share of a fact that an answer says: of the names and numbers that the true answer says and the question does not, those that
 * stand in it.
 *
 * `|F ∩ said| / |F|`, F the words of the true answer without those of the question and of a question's form, which begin with a capital
 * or have a digit, each once and compared in small letters; where there are none of them the others, and else all.
 *
 * @param said     what a model answered
 * @param answer   the true answer
 */
export function factRecall(said: string, question: string, answer: string): number {
  const facts = factWords(question, answer)
  const matter = facts.filter(({ text }) => !formWords.has(plainWord(text)))
  const names = matter.filter(({ text }) => /^\p{Lu}|\p{N}/u.test(text))
  const found = [names, matter, facts, wordsOf(answer)].find(({ length }) => length > 0)
  const words = new Set(found?.map(plain))
  if (words.size === 0) return 0
  const heard = new Set(wordsOf(said).map(plain))
  return [...words].filter((each) => heard.has(each)).length / words.size
}

function plain({ text }: { readonly text: string }): string {
  return plainWord(text)
}
