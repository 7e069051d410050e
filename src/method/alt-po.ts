import { anyPart, only } from './choice.ts'
import { defineMethod } from './method.ts'

/** Alternate preference optimisation: prefers another plausible answer of the model's own to the one to be forgotten. */
export const altPo = defineMethod({
  id: 'alt-po',
  title: 'Alternate preference optimisation (AltPO)',
  source:
    'Mekala et al. 2024, arXiv:2409.13474; molereddy/Alternate-Preference-Optimization (c9b78bd); locuslab/open-unlearning community/methods/AltPO',
  summary:
    'Direct preference optimisation in which the preferred answer is a plausible but different one, sampled from the starting model before training, so that answers stay fluent; lethe alternates samples them.',
  losses: { forget: only('dpo'), retain: anyPart('cross-entropy') },
  combiner: only('weighted'),
  defaults: {},
  fixed: {},
  variants: {},
  // lethe alternates samples the pairs.
  recipe: { forget: { preferred: 'chosen' } },
  settings: [
    {
      benchmark: 'tofu',
      learningRate: 5e-5,
      epochs: 2,
      effectiveBatchSize: 35,
      schedule: 'linear',
      knobs: { beta: 0.1, retainWeight: 1 },
      source:
        'molereddy/Alternate-Preference-Optimization: 5 alternates a question, sampled at temperature 1',
    },
    {
      benchmark: 'tofu',
      learningRate: 1e-5,
      epochs: 2,
      effectiveBatchSize: 32,
      schedule: 'linear',
      knobs: { beta: 0.1, retainWeight: 1 },
      source:
        'locuslab/open-unlearning community/methods/AltPO/run.sh: a grid of beta .05, .1, .5, learning rate 1e-5, 2e-5, 5e-5 and retain weight 1, 2, 5',
    },
  ],
  defects: [
    'An alternate answer may be right by accident: drop those that say what is to be forgotten.',
    'The paper’s tables could not be obtained; the settings are those of the code.',
  ],
})
