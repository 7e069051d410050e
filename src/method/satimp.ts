import { anyPart, only } from './choice.ts'
import { defineMethod } from './method.ts'

/** SatImp: ascent on tokens that are neither forgotten already nor certain anyway, plus a little training on retain. */
export const satimp = defineMethod({
  id: 'satimp',
  title: 'Saturation and importance (SatImp)',
  source: 'Yang et al. 2025, arXiv:2505.11953; tmlr-group/SatImp (51314c0)',
  summary:
    'Gradient ascent weighted by p^β1·(1 − p)^β2, which spares tokens that are forgotten already and those that are certain anyway, plus training on retain answers at a tenth of the weight.',
  losses: { forget: only('satimp'), retain: anyPart('cross-entropy') },
  combiner: only('weighted'),
  defaults: { forgetWeight: 1, retainWeight: 0.1 },
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
      knobs: { saturation: 5, importance: 0.1, forgetWeight: 1, retainWeight: 0.1 },
      source: 'tmlr-group/SatImp README.md for Llama-2-7B; learning rate 2e-5 for Phi-1.5',
    },
    {
      benchmark: 'tofu',
      learningRate: 1e-5,
      epochs: 5,
      effectiveBatchSize: 32,
      schedule: 'linear',
      knobs: { saturation: 5, importance: 1, forgetWeight: 0.1, retainWeight: 1 },
      source:
        'locuslab/open-unlearning configs/trainer/SatImp.yaml, whose weights are the other way round than its text says',
    },
    {
      benchmark: 'wmdp',
      learningRate: 4e-6,
      epochs: 10,
      effectiveBatchSize: 16,
      knobs: { saturation: 5, importance: 0.1, forgetWeight: 1, retainWeight: 0.1 },
      source: 'tmlr-group/SatImp',
    },
  ],
  defects: [
    'Published settings conflict in β2 (0.1 or 1) and in the weights (10 : 1 or 1 : 10): say yours.',
    'With the weights of open-unlearning it hardly unlearns.',
  ],
})
