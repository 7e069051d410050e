/**
 * Whether a text contains an answer, word for word.
 *
 * Both are normalised: Unicode NFKC, lower case, every run of characters that are not letters, marks or digits is one
 * space. True if the answer's words occur in the text as one unbroken run of whole words. An answer without any letter or
 * digit must be equal after trimming.
 *
 * Stricter than ROUGE-L: one wrong digit of a phone number makes it false. A very short answer (`no`) is contained easily;
 * read it together with the probability.
 * Differs from SQuAD's exact match: articles stay, and words around the answer are allowed.
 */
export function containsAnswer(answer: string, text: string): boolean {
  const words = normalise(answer)
  if (words === '') return answer.trim() === text.trim()
  return ` ${normalise(text)} `.includes(` ${words} `)
}

function normalise(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
}
