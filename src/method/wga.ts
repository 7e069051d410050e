import { anyPart, only } from './choice.ts'
import { defineMethod } from './method.ts'

/** Weighted gradient ascent plus ordinary training on the retain set. */
export const wga = defineMethod({
  id: 'wga',
  title: 'Weighted gradient ascent (WGA)',
  source: 'Wang et al. 2025 (G-effect), arXiv:2502.19301; tmlr-group/G-effect (ef368ee)',
  summary:
    'Gradient ascent in which each token counts by its own probability, so that what is forgotten already no longer pushes, plus training on retain answers. token-npo is its sibling with a starting model.',
  losses: {
    forget: { default: 'wga', choices: ['wga', 'token-npo'] },
    retain: anyPart('cross-entropy'),
  },
  combiner: only('weighted'),
  defaults: {},
  fixed: {},
  variants: {},
  settings: [
    {
      benchmark: 'tofu',
      learningRate: 1e-5,
      epochs: 5,
      effectiveBatchSize: 16,
      schedule: 'linear',
      weightDecay: 0,
      knobs: { beta: 5 },
      source: 'tmlr-group/G-effect config/forget.yaml for Llama-2; 2e-5 for Phi',
    },
    {
      benchmark: 'tofu',
      learningRate: 1e-5,
      epochs: 5,
      effectiveBatchSize: 32,
      schedule: 'linear',
      knobs: { beta: 1 },
      source: 'locuslab/open-unlearning configs/trainer/WGA.yaml',
    },
  ],
  defects: [
    'open-unlearning copies the whole model for it though nothing of the starting model is used; its community script passes beta1 and beta2, which that trainer does not take.',
    'The default of beta is 5 in the official code and 1 in open-unlearning; here it is 1.',
  ],
})
