import { anyPart, only } from './choice.ts'
import { defineMethod } from './method.ts'

/** Bi-level unlearning: the forget loss first, the retain loss among what minimises it. */
export const blur = defineMethod({
  id: 'blur',
  title: 'Bi-level unlearning (BLUR)',
  source: 'Reisizadeh et al. 2025, arXiv:2506.08164; OptimAI-Lab/BLURLLMUnlearning (075f00e)',
  summary:
    'Moves along the retain gradient without its part along the forget gradient, plus gamma forget gradients, so that retention cannot cancel forgetting.',
  losses: { forget: anyPart('npo'), retain: anyPart('cross-entropy') },
  combiner: only('bilevel'),
  defaults: {},
  fixed: {},
  variants: {
    released:
      'the log-sigmoid of NPO is applied once to the batch mean of the log-ratios (TOFU code)',
  },
  settings: [
    {
      benchmark: 'tofu',
      learningRate: 1e-5,
      epochs: 10,
      effectiveBatchSize: 80,
      warmupEpochs: 1,
      schedule: 'linear',
      weightDecay: 0.01,
      knobs: { forgetLoss: 'npo', beta: 0.1, gamma: 1 },
      source:
        'OptimAI-Lab/BLURLLMUnlearning TOFU/scripts/tofu_unlearn.sh, TOFU/configs/trainer/BLURNPO.yaml',
    },
    {
      benchmark: 'muse-news',
      learningRate: 2.5e-5,
      epochs: 10,
      effectiveBatchSize: 32,
      schedule: 'constant',
      knobs: { forgetLoss: 'npo', beta: 0.05, gamma: 1 },
      source:
        'OptimAI-Lab/BLURLLMUnlearning MUSE/baselines/unlearn_news.sh; beta of the paper as cited by others (the code has 0.15)',
    },
    {
      benchmark: 'muse-books',
      learningRate: 1e-5,
      epochs: 10,
      effectiveBatchSize: 32,
      schedule: 'constant',
      knobs: { forgetLoss: 'npo', beta: 0.4, gamma: 1 },
      source:
        'OptimAI-Lab/BLURLLMUnlearning MUSE/baselines/unlearn_books.sh; beta of the paper as cited by others (the code has 0.15)',
    },
    {
      benchmark: 'wmdp',
      learningRate: 2e-6,
      steps: 150,
      effectiveBatchSize: 4,
      knobs: { forgetLoss: 'npo', beta: 0.005, gamma: 1 },
      source: 'the paper’s settings for BLUR-NPO as cited by others; not in the released code',
    },
  ],
  defects: [
    'With an unbounded forget loss (forgetLoss ga), gamma·‖g_f‖² never vanishes: use npo, or stop early.',
    'u keeps the forget direction before AdamW; after its division by √v the step keeps it only with metric optimizer.',
    'Released TOFU code, with accumulation: only the last micro-batch makes the direction, the sum is clipped before the projection and u is not; to get the same, train without accumulation and clipping.',
    'Released MUSE code: its NPO is another loss, on raw logits, and its KL is given unnormalised logits; published MUSE numbers come from those.',
    'Released WMDP code weighs the projected retain gradient by α = 800 or 1200 instead; gamma 1/800 or 1/1200 gives the same direction.',
  ],
})
