import type { Item } from '../data/items.ts'
import { factWords } from '../metric/fact-recall.ts'
import { aboutInvented } from './invented.ts'
import { subjectWords } from './subject.ts'

/** A row as it is asked: in the words of its file, or in others. */
export interface Asked {
  readonly item: Item
  /** the question in the words of its file, by which subject and fact are told */
  readonly question: string
}

/** The same about an invented subject, which nobody can know; null where the question names none. */
export function aboutNobody({ item, question }: Asked, seed: number, draw: number): Asked | null {
  const words = subjectWords(question, item.answer)
  if (words.length === 0) return null
  const write = (text: string) => aboutInvented(text, words, { seed, draw })
  const messages = item.messages?.map((each) => ({ ...each, content: write(each.content) })) ?? null
  return {
    item: { ...item, prompt: write(item.prompt), answer: write(item.answer), messages },
    question: write(question),
  }
}

/** The same answer after another question. */
export function askedAs(item: Item, prompt: string): Item {
  const last = item.messages?.findLastIndex(({ role }) => role === 'user') ?? -1
  const messages =
    item.messages?.map((each, i) => (i === last ? { ...each, content: prompt } : each)) ?? null
  return { ...item, prompt, messages }
}

/** `[start, end)` of the words of an answer that carry its fact; all of it where the question says every word. */
export function factSpans(answer: string, question: string): (readonly [number, number])[] {
  const words = factWords(question, answer)
  if (words.length === 0) return [[0, answer.length]]
  return words.map(({ start, text }) => [start, start + text.length])
}
