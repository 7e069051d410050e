import type { Problem } from '../error.ts'

/** A row of a data set as text: an `Item` or an `Example`. */
export interface Row {
  prompt: string
  answer: string
  origin: { file: string; line: number }
}

/**
 * Forget rows that are in the retain set too: training would pull on them in both directions.
 *
 * Rows are the same when prompt and answer are, after Unicode NFKC, lower case, and runs of white space made one space.
 *
 * @returns one problem for each such forget row, at its line, naming the retain row
 */
export function overlapProblems(forget: readonly Row[], retain: readonly Row[]): Problem[] {
  const places = new Map<string, Row['origin']>()
  for (const row of retain) {
    const key = keyOf(row)
    if (!places.has(key)) places.set(key, row.origin)
  }
  return forget.flatMap((row): Problem[] => {
    const place = places.get(keyOf(row))
    if (!place) return []
    return [
      {
        code: 'forget-retain-overlap',
        position: { ...row.origin, column: 1 },
        expected: 'a forget row that is not in the retain set',
        got: `the same row at ${place.file}:${place.line}`,
        hint: 'Remove it from one of the two files',
      },
    ]
  })
}

function keyOf({ prompt, answer }: Row): string {
  return [prompt, answer]
    .map((text) => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim())
    .join('\u0000')
}
