import type { Item } from '../data/items.ts'
import { aboutInvented } from './invented.ts'
import { factWords, subjectWords } from './subject.ts'

/** The words of an item by which it is about somebody or something. */
export function subjectOf(item: Item): string[] {
  return subjectWords(item.prompt, item.answer)
}

/** The same item about an invented subject, which nobody can know; null where it names none. */
export function inventedItem(item: Item, seed: number, draw: number): Item | null {
  const words = subjectOf(item)
  if (words.length === 0) return null
  const write = (text: string) => aboutInvented(text, words, { seed, draw })
  return {
    ...item,
    prompt: write(item.prompt),
    answer: write(item.answer),
    messages: item.messages?.map((each) => ({ ...each, content: write(each.content) })) ?? null,
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
export function factSpans({ prompt, answer }: Item): (readonly [number, number])[] {
  const words = factWords(prompt, answer)
  if (words.length === 0) return [[0, answer.length]]
  return words.map(({ start, text }) => [start, start + text.length])
}
