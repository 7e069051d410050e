import { type RougeScore, rougeL } from './rouge.ts'

const stops = ['\n\n', '\nQuestion', 'Question:']

/**
 * What MUSE reads of an answer: all before the first of a blank line, a new line with `Question`, or `Question:`.
 *
 * Source: swj0419/muse_bench `metrics/knowmem.py`.
 */
export function museAnswer(generated: string): string {
  const ends = stops.map((stop) => generated.indexOf(stop)).filter((end) => end >= 0)
  return generated.slice(0, Math.min(generated.length, ...ends)).trim()
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
