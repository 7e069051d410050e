import { only } from './choice.ts'
import { defineMethod } from './method.ts'
import { openUnlearningSettings } from './open-unlearning.ts'

/** Gradient ascent on the forget set, nothing else. */
export const ga = defineMethod({
  id: 'ga',
  title: 'Gradient ascent',
  source:
    'Maini et al. 2024, arXiv:2401.06121; locuslab/open-unlearning src/trainer/unlearn/grad_ascent.py',
  summary:
    'Undoes learning by ascending the language-model loss on forget answers. A lower bound to compare with: it collapses.',
  losses: { forget: only('ga'), retain: null },
  combiner: only('weighted'),
  defaults: {},
  fixed: { forgetWeight: 1, retainWeight: 0 },
  variants: {},
  settings: openUnlearningSettings,
  defects: [
    'The loss is unbounded below and its gradient does not fade as answers become unlikely: model utility on TOFU falls to 0 for forget05 and forget10.',
  ],
})
