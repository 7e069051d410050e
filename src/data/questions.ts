import type { Message } from '../checkpoint/chat-template.ts'
import { UserError } from '../error.ts'
import { firstProblems } from './first-problems.ts'
import { toItems } from './items.ts'
import type { SourceRecord } from './parse-records.ts'
import { readRecords } from './read-records.ts'
import { keyList, shapes } from './record-shape.ts'

/** A question of a file. */
export interface Question {
  /** As written in the record: what comes before the (last) answer. */
  readonly question: string
  readonly messages: readonly Message[]
  /** What the record itself answers; null for a question alone. */
  readonly answer: string | null
}

/**
 * Reads the questions of a data file of any shape that has some, or of {question} alone.
 *
 * @param path a .jsonl or .json file
 * @throws UserError listing what is wrong with the file or its records (the first 20, then a count)
 */
export async function loadQuestions(path: string): Promise<Question[]> {
  const records = await readRecords(path)
  const isBare = records.every(isAlone)
  const { items, problems } = toItems(isBare ? records.map(answered) : records)
  if (problems.length > 0) throw new UserError(firstProblems(problems))
  return items.map(({ shape, prompt, answer, messages, origin }) => {
    if (shape === 'text')
      throw new UserError({
        code: 'no-question',
        position: { ...origin, column: 1 },
        expected: 'records with a question',
        got: keyList(shapes.text),
      })
    const last = messages?.findLastIndex(({ role }) => role === 'assistant')
    return {
      question: prompt,
      messages: messages?.slice(0, last) ?? [{ role: 'user', content: prompt }],
      answer: isBare ? null : answer,
    }
  })
}

function isAlone({ value }: SourceRecord): boolean {
  return 'question' in value && !['answer', 'chosen', 'rejected'].some((key) => key in value)
}

/** With an answer that nobody reads, so that the record has a shape. */
function answered(record: SourceRecord): SourceRecord {
  return { ...record, value: { ...record.value, answer: '?' } }
}
