/** Words with a capital that name no subject by themselves. */
const ordinary = new Set(
  (
    'January February March April May June July August September October November December ' +
    'Monday Tuesday Wednesday Thursday Friday Saturday Sunday ' +
    'New North South East West Great Mount Strait Ocean Sea River Lake War World Second Way ' +
    'The And For But She They You This That There What Which Who Whom Whose When Where Why How Are Does Did His Her Its Our Your'
  ).split(' '),
)

/** What stands before the first word of a sentence; a point after an initial is none. */
const sentenceBegins = /(^|(?<!\b\p{Lu})[.!?:]\s*)["“]?$/u

const word = /[\p{L}\p{N}][\p{L}\p{N}’'-]*/gu

/**
 * The words of texts that name something: with a capital where no sentence begins, three letters or more, and not one of a few
 * ordinary ones (months, days, Ocean, New, The, …). A word that only ever begins a sentence is not seen.
 */
export function namesIn(texts: readonly string[]): Set<string> {
  const names = new Set<string>()
  for (const text of texts)
    for (const { 0: found, index } of text.matchAll(word)) {
      const begins = sentenceBegins.test(text.slice(0, index))
      const named = found.replace(/[’']s?$/u, '')
      if (!begins && /^\p{Lu}/u.test(named) && named.length > 2 && !ordinary.has(named))
        names.add(named)
    }
  return names
}

/** All words of texts, in small letters and without a genitive's ending. */
export function wordsIn(texts: readonly string[]): Set<string> {
  return new Set(
    texts.flatMap((text) =>
      Array.from(text.matchAll(word), ([found]) => found.replace(/[’']s?$/u, '').toLowerCase()),
    ),
  )
}

/**
 * The rows that share no named subject with what is to be forgotten: none of the names in a row is a word there, in capitals or
 * small letters.
 *
 * @param textsOf  the texts of a row, whose names count
 * @param forget   questions and answers that are to go
 */
export function withoutSharedNames<Row>(
  rows: readonly Row[],
  textsOf: (row: Row) => readonly string[],
  forget: readonly string[],
): Row[] {
  const gone = wordsIn(forget)
  return rows.filter((row) =>
    [...namesIn(textsOf(row))].every((name) => !gone.has(name.toLowerCase())),
  )
}
