import { lcsLength } from './lcs.ts'
import { porterStem } from './porter.ts'

/** Overlap of a candidate with a reference: shares in [0, 1]. */
export interface RougeScore {
  precision: number
  recall: number
  f: number
}

export interface RougeOptions {
  /** Whether words are Porter-stemmed, as TOFU and OpenUnlearning do (default) and MUSE's own code does not. */
  readonly stem?: boolean
  /**
   * What a word is. `latin` (default), as `rouge_score`: runs of a–z and 0–9, so that text in other scripts has none.
   * `unicode`: runs of letters, marks and digits of any script; of scripts that are written without spaces (Han, Kana,
   * Thai, Lao, Khmer, Burmese) each letter with its marks.
   */
  readonly words?: 'latin' | 'unicode'
}

const spaceless =
  '\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{sc=Thai}\\p{sc=Laoo}\\p{sc=Khmr}\\p{sc=Mymr}'
const wordRules = {
  latin: /[a-z0-9]+/g,
  unicode: new RegExp(
    `(?=[${spaceless}])[\\p{L}\\p{N}]\\p{M}*|(?:(?![${spaceless}])[\\p{L}\\p{N}]\\p{M}*)+`,
    'gu',
  ),
} as const

/**
 * Words as ROUGE sees them: lower-cased, split at everything that is not a–z or 0–9, words longer than three letters
 * Porter-stemmed unless told otherwise.
 *
 * Differs from linguistics, not from the reference: letters with accents and other scripts separate words, unless
 * `words` says otherwise; only words of a–z are stemmed.
 * Source: google-research `rouge_score` 0.1.2, `tokenize.py`, `use_stemmer`.
 */
export function rougeTokens(
  text: string,
  { stem = true, words = 'latin' }: RougeOptions = {},
): string[] {
  const isStemmed = (word: string) => stem && word.length > 3 && /^[a-z0-9]+$/.test(word)
  const written = words === 'unicode' ? text.normalize('NFC') : text
  const list = written.toLowerCase().match(wordRules[words]) ?? []
  return list.map((word) => (isStemmed(word) ? porterStem(word) : word))
}

/**
 * ROUGE-L of a candidate text against a reference, with stemming unless told otherwise.
 *
 * `recall = LCS / |reference|, precision = LCS / |candidate|, f = 2·p·r / (p + r)`; all 0 when either has no words.
 *
 * @param reference  the true answer
 * @param candidate  what the model said
 * Source: Lin 2004, "ROUGE"; google-research `rouge_score` 0.1.2, `rouge_scorer.py`.
 */
export function rougeL(
  reference: string,
  candidate: string,
  options: RougeOptions = {},
): RougeScore {
  const target = rougeTokens(reference, options)
  const prediction = rougeTokens(candidate, options)
  return scoreOf(lcsLength(target, prediction), target.length, prediction.length)
}

/**
 * ROUGE-1 of a candidate text against a reference: words in common, each counted as often as both have it.
 *
 * `recall = Σ_w min(count_ref, count_cand) / |reference|`, precision and f as for {@link rougeL}.
 *
 * @param reference  the true answer
 * @param candidate  what the model said
 * Source: as {@link rougeL}.
 */
export function rouge1(
  reference: string,
  candidate: string,
  options: RougeOptions = {},
): RougeScore {
  const target = rougeTokens(reference, options)
  const prediction = rougeTokens(candidate, options)
  const left = new Map<string, number>()
  for (const word of target) left.set(word, (left.get(word) ?? 0) + 1)
  let common = 0
  for (const word of prediction) {
    const count = left.get(word) ?? 0
    if (count === 0) continue
    common += 1
    left.set(word, count - 1)
  }
  return scoreOf(common, target.length, prediction.length)
}

function scoreOf(common: number, targetLength: number, predictionLength: number): RougeScore {
  if (common === 0) return { precision: 0, recall: 0, f: 0 }
  const precision = common / predictionLength
  const recall = common / targetLength
  return { precision, recall, f: (2 * precision * recall) / (precision + recall) }
}
