import type { RougeScore } from './rouge.ts'

/**
 * ROUGE-L as the `rouge` package of PyPI counts it, over sets of words instead of words in order.
 *
 * Texts are cut at every full stop and words at white space, case and punctuation kept. Each sentence of the reference is
 * aligned with each of the candidate; `C` is the set of all words of those longest common subsequences:
 * `recall = |C| / |words of the reference|`, `precision = |C| / |words of the candidate|`, each word counted once,
 * `f = 2·p·r / (p + r + 1e-8)`.
 *
 * Differs from the package: a text without sentences scores 0, where it throws.
 * Source: pltrdy/rouge 1.0.1, `rouge_l_summary_level`, `exclusive=True`; RWKU scores by its recall.
 */
export function rougePackageL(reference: string, candidate: string): RougeScore {
  const [target, prediction] = [sentencesOf(reference), sentencesOf(candidate)]
  if (target.length === 0 || prediction.length === 0) return { precision: 0, recall: 0, f: 0 }
  const common = new Set(
    target.flatMap((sentence) => prediction.flatMap((other) => commonWords(sentence, other))),
  )
  const distinct = (sentences: readonly string[][]) => new Set(sentences.flat()).size
  const recall = common.size / distinct(target)
  const precision = common.size / distinct(prediction)
  return { precision, recall, f: (2 * (precision * recall)) / (precision + recall + 1e-8) }
}

/** A part of white space alone is a sentence of one empty word, as in the package. */
function sentencesOf(text: string): string[][] {
  return text
    .split('.')
    .filter((part) => part !== '')
    .map((part) => part.trim().split(/\s+/))
}

/** The words of one longest common subsequence: of several, the one the package finds. */
function commonWords(a: readonly string[], b: readonly string[]): string[] {
  const width = b.length + 1
  const table = new Uint32Array((a.length + 1) * width)
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++)
      table[i * width + j] =
        a[i - 1] === b[j - 1]
          ? table[(i - 1) * width + j - 1] + 1
          : Math.max(table[(i - 1) * width + j], table[i * width + j - 1])
  const words: string[] = []
  for (let i = a.length, j = b.length; i > 0 && j > 0; )
    if (a[i - 1] === b[j - 1]) {
      words.push(a[i - 1])
      i--
      j--
    } else if (table[(i - 1) * width + j] > table[i * width + j - 1]) i--
    else j--
  return words
}
