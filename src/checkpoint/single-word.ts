import type { Tokenizer } from '@huggingface/tokenizers'
import type { AddedToken } from './special-tokens.ts'

interface Splitter {
  split(text: string): string[]
}

/** What the Rust library takes for a letter of a word. */
const atEnd = /[\p{L}\p{M}\p{Nd}\p{Pc}\u200c\u200d]$/u
const atStart = /^[\p{L}\p{M}\p{Nd}\p{Pc}\u200c\u200d]/u

/**
 * Lets added tokens that are marked `single_word` be found between words only, which the library does not look at.
 *
 * Source: tokenizers 0.23, tokenizer/added_vocabulary.rs (`find_matches`).
 */
export function keepSingleWords(library: Tokenizer, added: readonly AddedToken[]): void {
  const single = new Set(
    added.filter((token) => token.single_word === true).map(({ content }) => content),
  )
  if (single.size === 0) return
  const all = new Set(added.map(({ content }) => content))
  const splitters = library as Record<'splitter_unnormalized' | 'splitter_normalized', Splitter>
  for (const name of ['splitter_unnormalized', 'splitter_normalized'] as const) {
    const inner = splitters[name]
    splitters[name] = { split: (text) => rejoined(inner.split(text), single, all) }
  }
}

/** Sections with those that are no word of their own joined to what is around them. */
function rejoined(
  sections: readonly string[],
  single: ReadonlySet<string>,
  all: ReadonlySet<string>,
): string[] {
  const joined: string[] = []
  // Whether the last one is text, which goes on with what is text too.
  let isText = false
  sections.forEach((section, i) => {
    const isInWord =
      single.has(section) &&
      (atEnd.test(sections[i - 1] ?? '') || atStart.test(sections[i + 1] ?? ''))
    const wasText = isText
    isText = isInWord || !all.has(section)
    if (wasText && isText) joined[joined.length - 1] += section
    else joined.push(section)
  })
  return joined
}
