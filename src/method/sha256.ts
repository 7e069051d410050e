import { anyPart, only } from './choice.ts'
import { defineMethod } from './method.ts'

/** SHA256 at SemEval-2025 Task 4: ascent and retention in the feed-forward layers of the lower part of the model. */
export const sha256 = defineMethod({
  id: 'sha256',
  title: 'Selective amnesia (SHA256 at SemEval-2025 Task 4)',
  source: 'arXiv:2504.12996; LAB-FLAIR/Constrained-Unlearning-for-LLM (61e0ab0)',
  summary:
    'Trains only the feed-forward layers in the lowest fifth of the model, where causal tracing finds facts, by gradient ascent on forget answers and training on retain answers at a somewhat higher weight.',
  losses: { forget: anyPart('ga'), retain: anyPart('cross-entropy') },
  combiner: only('weighted'),
  defaults: { retainWeight: 1.2 },
  fixed: {},
  variants: {},
  recipe: { train: { parameters: { pattern: '*.{0%-18.75%}.mlp.*' } } },
  settings: [
    {
      benchmark: 'semeval',
      learningRate: 1.5e-5,
      epochs: 8,
      effectiveBatchSize: 120,
      knobs: { retainWeight: 1.2 },
      source:
        'LAB-FLAIR/Constrained-Unlearning-for-LLM for OLMo-7B: feed-forward layers 0 to 5 of 32',
    },
  ],
  defects: [
    'Its retain weight rises with the drift of the retain loss, between 1.2 and 2.3; here it stays at 1.2. combiner primal-dual (method pdu) is a rule of that kind without its defect.',
    'Released code divides the sum of per-batch losses by the number of examples, so the measured drift is nearly always large and the weight sits at 2.3.',
    'Disqualified at 7B for its MMLU, with the highest raw score.',
  ],
})
