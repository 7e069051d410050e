import { type RougeScore, rougeL } from './rouge.ts'

/** Where MUSE's code ends an answer. */
export const museStops: readonly string[] = ['\n\n', '\nQuestion', 'Question:']

/** A text up to the first of the stops, or all of it. */
export function cutAtFirst(text: string, stops: readonly string[]): string {
  const ends = stops.map((stop) => text.indexOf(stop)).filter((end) => end >= 0)
  return text.slice(0, Math.min(text.length, ...ends))
}

/**
 * What MUSE reads of an answer: all before the first of a blank line, a new line with `Question`, or `Question:`.
 *
 * Source: swj0419/muse_bench `metrics/knowmem.py`.
 */
export function museAnswer(generated: string): string {
  return cutAtFirst(generated, museStops).trim()
}

/**
 * MUSE's overlap of a continuation (VerbMem) or an answer (KnowMem) with the truth: ROUGE-L F1, times 100 in its tables.
 *
 * @param options.stem  the official code does not stem; OpenUnlearning's MUSE does
 * Source: Shi et al. 2024 (MUSE), arXiv:2407.06460.
 */
export function museOverlap(
  reference: string,
  candidate: string,
  options: { readonly stem?: boolean } = {},
): RougeScore['f'] {
  return rougeL(reference, candidate, { stem: options.stem ?? false }).f
}
