import { meanMetric } from './metric.ts'

/**
 * Truth of greedy answers: whether the greedy answer contains the true answer.
 *
 * Both are normalised: Unicode NFKC, lower case, every run of characters that are not letters, marks or digits is one
 * space. 1 if the true answer's words occur in the greedy answer as one unbroken run of whole words, else 0. A true
 * answer without any letter or digit must be equal after trimming.
 *
 * Stricter than ROUGE-L: one wrong digit of a phone number makes it 0. A very short true answer (`no`) is contained
 * easily; read it together with the probability.
 * Differs from SQuAD's exact match: articles stay, and words around the answer are allowed.
 */
export const exactMatch = meanMetric({
  id: 'exactMatch',
  title: 'True greedy answers',
  unit: 'share',
  direction: { forget: 'lower', retain: 'higher' },
  description:
    'Share of greedy answers that contain the true answer word for word, ignoring case and punctuation.',
  score: ({ answer, generated }) => (containsAnswer(answer, generated) ? 1 : 0),
})

function containsAnswer(answer: string, generated: string): boolean {
  const words = normalise(answer)
  if (words === '') return answer.trim() === generated.trim()
  return ` ${normalise(generated)} `.includes(` ${words} `)
}

function normalise(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
}
