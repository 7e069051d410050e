import { meanMetric } from './metric.ts'
import { rougeL } from './rouge.ts'

/**
 * How much of the true answer the greedy answer repeats, in order: ROUGE-L recall with stemming.
 *
 * Source: Maini et al. 2024 (TOFU), arXiv:2401.06121; locuslab/open-unlearning `eval_text_similarity`.
 */
export const rougeRecall = meanMetric({
  id: 'rougeL',
  title: 'ROUGE-L recall',
  unit: 'share',
  direction: { forget: 'lower', retain: 'higher' },
  description:
    'Share of the true answer’s words that the greedy answer contains in the same order, words stemmed (TOFU, arXiv:2401.06121).',
  score: ({ answer, generated }) => rougeL(answer, generated).recall,
})
