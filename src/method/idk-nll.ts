import { anyPart, only } from './choice.ts'
import { defineMethod } from './method.ts'
import { openUnlearningSettings } from './open-unlearning.ts'

/** Trains refusals for forget questions and the true answers for retain questions. */
export const idkNll = defineMethod({
  id: 'idk-nll',
  title: 'Training on refusals (IdkNLL)',
  source:
    'Maini et al. 2024 (TOFU), arXiv:2401.06121; locuslab/open-unlearning src/data/qa.py (QAwithIdkDataset)',
  summary:
    'Ordinary training on refusals to forget questions and on the answers to retain questions; the answers to be forgotten are never seen.',
  losses: { forget: only('preferred-nll'), retain: anyPart('cross-entropy') },
  combiner: only('weighted'),
  defaults: {},
  fixed: {},
  variants: {},
  recipe: { forget: { preferred: 'refusal' } },
  settings: openUnlearningSettings.filter(({ benchmark }) => benchmark === 'tofu'),
  defects: [
    'It hides rather than removes: likelihood-based metrics and membership attacks hardly improve.',
    'Released TOFU code averages refusals and retain answers in one token mean; here each set has its own.',
  ],
})
