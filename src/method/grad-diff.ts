import { anyPart, only } from './choice.ts'
import { defineMethod } from './method.ts'
import { openUnlearningSettings } from './open-unlearning.ts'

/** Gradient ascent on the forget set plus ordinary training on the retain set. */
export const gradDiff = defineMethod({
  id: 'grad-diff',
  title: 'Gradient difference',
  source:
    'Maini et al. 2024, arXiv:2401.06121; locuslab/open-unlearning src/trainer/unlearn/grad_diff.py',
  summary:
    'Gradient ascent on forget answers plus training on retain answers, as a weighted sum. With retainLoss kl it is the KL-minimisation baseline of TOFU.',
  losses: { forget: only('ga'), retain: anyPart('cross-entropy') },
  combiner: only('weighted'),
  defaults: {},
  fixed: {},
  variants: {},
  settings: openUnlearningSettings,
  defects: [
    'It forgets too much: on TOFU utility stays up while the forget answers become so unlikely that the model is easily told from one that never saw them.',
    'With retainLoss kl, the released code averages the divergence over prompt and padding too; here it is over answer tokens, for which kl-min has a variant.',
  ],
})
