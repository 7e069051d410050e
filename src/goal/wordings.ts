import { formWords, plainWord, wordsOf } from '../metric/words.ts'

/** Another way to ask the same question, made by rule. */
export interface Wording {
  readonly id: string
  readonly write: (question: string) => string
}

/** Those that may take part in training, besides the question as it is written. */
export const trainedWordings: readonly Wording[] = [
  { id: 'matter', write: matterOf },
  { id: 'please', write: (question) => `Please answer briefly. ${question}` },
]

/** Those by which a look says whether it holds for others; they do not train. */
export const chosenWordings: readonly Wording[] = [
  { id: 'bare', write: (question) => uncapitalised(bare(question)) },
  { id: 'wonder', write: (question) => `I was wondering about this: ${uncapitalised(question)}` },
]

/** Those that are only asked before and after, for the report. */
export const reportedWordings: readonly Wording[] = [
  { id: 'tell', write: (question) => `Can you tell me something? ${question}` },
  { id: 'quiz', write: (question) => `Quiz question: ${bare(question)}` },
  { id: 'short', write: shortened },
]

function bare(question: string): string {
  return question.trim().replace(/[?.!\s]+$/u, '')
}

function uncapitalised(question: string): string {
  const first = wordsOf(question)[0]?.text ?? ''
  return formWords.has(plainWord(first))
    ? question.charAt(0).toLowerCase() + question.slice(1)
    : question
}

/** What is asked about and what for, without the words of the form: "capital France". */
function matterOf(question: string): string {
  const words = wordsOf(question).filter(({ text }) => !formWords.has(plainWord(text)))
  return words.length > 0 ? words.map(({ text }) => text).join(' ') : question
}

/** Without its beginning: "capital of France?" */
function shortened(question: string): string {
  const words = wordsOf(question)
  const first = words.findIndex(({ text }) => !formWords.has(plainWord(text)))
  if (first <= 0) return `${bare(question)}, in short?`
  return `${bare(question.slice(words[first].start))}?`
}
