import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import type { EncodeOptions } from '../data/encode.ts'
import { encodeItems } from '../data/encode.ts'
import type { Example } from '../data/example.ts'
import type { Item } from '../data/items.ts'
import { UserError } from '../error.ts'
import { wordsOf } from '../metric/words.ts'
import { type Asked, askedAs, factSpans } from './rows.ts'
import { tokensOfSpans } from './spans.ts'
import { chosenWordings, reportedWordings, trainedWordings, type Wording } from './wordings.ts'

/** What a wording of a question is for. */
export type WordingRole = 'trained' | 'chosen' | 'reported'

/** A forget row, asked in one wording. */
export interface AskedItem extends Asked {
  /** place of the row in the forget set */
  readonly row: number
  readonly wording: string
  readonly role: WordingRole
}

const asWritten: Wording = { id: 'as written', write: (question) => question }

const roles: readonly (readonly [WordingRole, readonly Wording[]])[] = [
  ['trained', [asWritten, ...trainedWordings]],
  ['chosen', chosenWordings],
  ['reported', reportedWordings],
]

/**
 * All wordings in which forget rows are asked: those of Lethe's rules, and those that the rows bring, which are reported and
 * never trained. A text without a question is only asked as it is written, to train and to report; its first half says what it is
 * about, and its second half carries the facts.
 *
 * @param otherWordings of each row, from its file
 */
export function askedItems(
  items: readonly Item[],
  otherWordings: readonly (readonly string[])[],
): AskedItem[] {
  return items.flatMap((item, row): AskedItem[] => {
    if (item.prompt === '')
      return (['trained', 'reported'] as const).map((role) => ({
        row,
        wording: asWritten.id,
        role,
        item,
        question: firstHalf(item.answer),
      }))
    const seen = new Set<string>()
    const asked = (wording: string, role: WordingRole, prompt: string): AskedItem[] => {
      if (seen.has(prompt)) return []
      seen.add(prompt)
      return [{ row, wording, role, item: askedAs(item, prompt), question: item.prompt }]
    }
    const own = (otherWordings[row] ?? []).flatMap((prompt, i) =>
      asked(`other wording ${i + 1}`, 'reported', prompt),
    )
    const made = roles.flatMap(([role, wordings]) =>
      wordings.flatMap(({ id, write }) => asked(id, role, write(item.prompt))),
    )
    return [...made, ...own]
  })
}

/** The words of a text up to its middle, which say what it is about. */
export function firstHalf(text: string): string {
  const words = wordsOf(text)
  return text.slice(0, words[Math.ceil(words.length / 2)]?.start ?? text.length)
}

/** An item as tokens, with those of its answer that carry the fact. */
export interface FactExample {
  readonly example: Example
  /** `[answers]` 1 at tokens of words that the question does not say */
  readonly fact: Uint8Array
}

/**
 * Encodes rows each by itself, with what carries the fact.
 *
 * @returns null for one that does not fit whole, or has a token that the model has not
 */
export function factExamples(
  asked: readonly Asked[],
  tokenizer: Tokenizer,
  options: EncodeOptions,
): (FactExample | null)[] {
  return asked.map((each) => {
    const example = encodedWhole(each.item, tokenizer, options)
    return (
      example && {
        example,
        fact: tokensOfSpans(example, tokenizer, factSpans(each.item.answer, each.question)),
      }
    )
  })
}

/** An item as tokens; null where it does not fit whole, or has a token that the model has not. */
export function encodedWhole(
  item: Item,
  tokenizer: Tokenizer,
  options: EncodeOptions,
): Example | null {
  try {
    const { examples } = encodeItems([item], tokenizer, options)
    return examples[0].truncatedTokens === 0 ? examples[0] : null
  } catch (error) {
    if (error instanceof UserError) return null
    throw error
  }
}

/** Nats: log p of the tokens of an answer that carry its fact, in order. */
export function factLogProbs({ fact }: FactExample, logProbs: Float32Array): number[] {
  return Array.from(logProbs).filter((_, place) => fact[place] === 1)
}
