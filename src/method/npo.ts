import { anyPart, only } from './choice.ts'
import { defineMethod } from './method.ts'
import { openUnlearningSettings } from './open-unlearning.ts'

/** Negative preference optimisation plus ordinary training on the retain set. */
export const npo = defineMethod({
  id: 'npo',
  title: 'Negative preference optimisation',
  source:
    'Zhang et al. 2024, arXiv:2404.05868; licong-lin/negative-preference-optimization (1207bbe)',
  summary:
    'Pushes forget answers below their likelihood under the starting model, with a weight that fades once they are there, plus training on retain answers.',
  losses: { forget: only('npo'), retain: anyPart('cross-entropy') },
  combiner: only('weighted'),
  defaults: {},
  fixed: {},
  variants: {},
  settings: [
    ...openUnlearningSettings.map((settings) => ({ ...settings, knobs: { beta: 0.1 } })),
    {
      benchmark: 'tofu',
      learningRate: 1e-5,
      epochs: 10,
      effectiveBatchSize: 32,
      schedule: 'linear',
      weightDecay: 0.01,
      knobs: { beta: 0.1, forgetWeight: 1, retainWeight: 1 },
      source: 'licong-lin/negative-preference-optimization TOFU/config/forget.yaml',
    },
  ],
  defects: [
    'Log-likelihoods are summed over an answer, so beta must be tuned again for long texts.',
    'At the default learning rate of 1e-5 published tables understate it: tuned third-party runs use 2e-5 to 5e-5.',
    'MUSE numbers called NPO come from another loss, on raw logits of the whole vocabulary: npo-logits, which method blur takes as its forgetLoss.',
  ],
})
