import { people } from '../people/people.ts'
import { type Item, splits } from '../people/splits.ts'
import type { Wish } from './wish.ts'

/** A row of a data file, as `lethe run` would read it. */
export type DataRow = Item | { readonly text: string }

/** The people whom the demo's model knows. */
export const everyone = people(0)

const { forget, retain } = splits(0)
const questions = [...forget, ...retain]

/** Questions about one person, two phrasings of each fact. */
export function questionsAbout(name: string): Item[] {
  return questions.filter(({ question }) => question.includes(name))
}

/** What a wish forgets, and what of the rest is kept. */
export function rowsOf({ people: chosen, sentences }: Wish): {
  forget: DataRow[]
  retain: DataRow[]
} {
  const names = everyone.map(({ name }) => name).filter((name) => chosen.includes(name))
  const kept = questions.filter(({ question }) => !names.some((name) => question.includes(name)))
  return {
    forget: names.length > 0 ? names.flatMap(questionsAbout) : sentences.map((text) => ({ text })),
    retain: kept,
  }
}

export function jsonLines(rows: readonly DataRow[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('')
}
