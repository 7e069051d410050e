import { meanMetric } from './metric.ts'
import { repetitionShare, textPieces } from './repetition.ts'

/** How much the greedy answers loop: mean share of repeated 4-grams of words. A forgetting model should not babble. */
export const repetition = meanMetric({
  id: 'repetition',
  title: 'Repetition',
  unit: 'share',
  direction: { forget: 'lower', retain: 'lower' },
  description:
    'Share of a greedy answer’s four-word runs that repeat an earlier one; near 1 means the model has collapsed into a loop (arXiv:1908.04319).',
  score: ({ generated }) => repetitionShare(textPieces(generated)),
})
