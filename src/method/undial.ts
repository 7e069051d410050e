import { anyPart, only } from './choice.ts'
import { defineMethod } from './method.ts'

/** UNDIAL: the starting model, with the memorised token made less likely, teaches the trained one. */
export const undial = defineMethod({
  id: 'undial',
  title: 'Unlearning by self-distillation (UNDIAL)',
  source: 'Dong et al. 2024, arXiv:2402.10052; dong-river/LLM_unlearning (89856dc)',
  summary:
    'Distils the starting model into itself with the logit of the memorised token lowered, so that there is a fixed, sensible target. The paper has no retain term; retainWeight 0 leaves it out.',
  losses: { forget: only('undial'), retain: anyPart('cross-entropy') },
  combiner: only('weighted'),
  defaults: { retainWeight: 0 },
  fixed: {},
  variants: {
    released:
      'the mean is over prompt and padding too, where the vocabulary entry −100 from the end is lowered',
  },
  settings: [
    {
      benchmark: 'tofu',
      learningRate: 1e-4,
      epochs: 10,
      effectiveBatchSize: 32,
      schedule: 'linear',
      knobs: { strength: 10, retainWeight: 0 },
      source:
        'locuslab/open-unlearning configs/trainer/UNDIAL.yaml; its search: learning rate 1e-5, 1e-4, 3e-4, strength 3, 10, 30, retain weight 1, 2, 5',
    },
    {
      benchmark: 'tofu',
      learningRate: 1e-4,
      epochs: 10,
      schedule: 'linear',
      knobs: { strength: 10, retainWeight: 0 },
      source: 'dong-river/LLM_unlearning, with LoRA of rank 8 and alpha 16, no retain set',
    },
  ],
  defects: [
    'Released code averages over prompt and padding too, and lowers the vocabulary entry −100 from the end where there is no label; here only answer tokens take part, unless variant is released.',
    'It needs the starting model’s distribution in every step, hence its weights in memory; with adapters these are there anyway.',
  ],
})
