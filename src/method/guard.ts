import { anyPart } from './choice.ts'
import { defineMethod } from './method.ts'

/** GUARD: forget examples whose unlearning would hurt the retain set are unlearned less. */
export const guard = defineMethod({
  id: 'guard',
  title: 'Retention-aware weights by attribution (GUARD)',
  source: 'Niu et al. 2025, arXiv:2506.10946',
  summary:
    'Scores each forget example by how far its gradient goes along that of the retain set, once before training, and unlearns those of high score less and those of low score more.',
  losses: { forget: anyPart('npo'), retain: anyPart('cross-entropy') },
  combiner: anyPart('weighted'),
  defaults: {},
  fixed: {},
  variants: {},
  recipe: { forget: { examples: { id: 'guard' } } },
  settings: [],
  defects: [
    'Neither code nor formulas could be verified: that weights fall with the attribution is the paper’s, the map and its constants are ours.',
    'Scores are those of the starting model and go stale.',
    'Not the GUARD of arXiv:2505.13312, which watches what a model generates.',
  ],
})
