import { formWords, plainWord, type TextPart, wordsOf } from '../metric/words.ts'

/**
 * The words by which a question says whom or what it is about: names and numbers.
 *
 * A word with a digit, or one that begins with a capital (or any letter of a script without capitals is none). The first
 * word of a sentence counts only if it is no word of a question's form and stands beside another name, or the answer
 * writes it so inside a sentence.
 *
 * @param question the prompt as written
 * @param answer   helps with first words; may be empty
 * @returns the words as they are compared (`plainWord`), in order, once each
 */
export function subjectWords(question: string, answer = ''): string[] {
  const words = wordsOf(question)
  const inAnswer = new Set(
    wordsOf(answer)
      .filter(({ start, text }) => isNamed(text) && !beginsSentence(answer, start))
      .map(({ text }) => text),
  )
  const named = words.filter((each, i) => {
    if (/\p{N}/u.test(each.text)) return true
    if (!isNamed(each.text) || formWords.has(plainWord(each.text))) return false
    return (
      !beginsSentence(question, each.start) ||
      inAnswer.has(each.text) ||
      isBesideName(question, each, words[i + 1])
    )
  })
  return [...new Set(named.map(({ text }) => plainWord(text)))]
}

function isNamed(text: string): boolean {
  return /^\p{Lu}/u.test(text)
}

function beginsSentence(text: string, start: number): boolean {
  return /(^|[.!?:\n]["'“”‘’)\]]*\s*)["'“”‘’([]*$/u.test(text.slice(0, start))
}

function isBesideName(text: string, word: TextPart, next: TextPart | undefined): boolean {
  if (!next) return false
  return isNamed(next.text) && text.slice(word.start + word.text.length, next.start) === ' '
}
