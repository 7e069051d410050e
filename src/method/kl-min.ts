import { only } from './choice.ts'
import { defineMethod } from './method.ts'
import { openUnlearningSettings } from './open-unlearning.ts'

/** KL minimisation: gradient ascent, held by the divergence from the starting model on the retain set. */
export const klMin = defineMethod({
  id: 'kl-min',
  title: 'KL minimisation',
  source: 'Maini et al. 2024 (TOFU), arXiv:2401.06121; locuslab/tofu dataloader.py (bdc209e)',
  summary:
    'Gradient ascent on forget answers plus the divergence from the starting model on retain answers, as a weighted sum.',
  losses: { forget: only('ga'), retain: only('kl') },
  combiner: only('weighted'),
  defaults: {},
  fixed: {},
  variants: { released: 'the divergence is averaged over prompt and padding too' },
  settings: openUnlearningSettings.filter(({ benchmark }) => benchmark === 'tofu'),
  defects: [
    'The forget term is unbounded and wins in the end: an early stop is part of the method.',
    'Released code averages the divergence over prompt and padding too, so its weight depends on how much padding a batch has; here it is over answer tokens, unless variant is released.',
  ],
})
