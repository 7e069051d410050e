import { anyPart } from './choice.ts'
import { defineMethod } from './method.ts'

/** PDU: forgetting under a cap on the retain loss, whose weight finds itself. */
export const pdu = defineMethod({
  id: 'pdu',
  title: 'Primal-dual unlearning (PDU)',
  source:
    'Entesari et al. 2025, arXiv:2506.05314; locuslab/open-unlearning src/trainer/unlearn/pdu.py',
  summary:
    'Flattens the logits of forget answers under a hard cap on the retain loss; a Lagrange multiplier finds the weight that the cap needs.',
  losses: { forget: anyPart('margin'), retain: anyPart('cross-entropy') },
  combiner: {
    default: 'primal-dual',
    choices: ['primal-dual', 'augmented-lagrangian', 'proximal-lagrangian'],
  },
  defaults: { dualStart: 50 },
  fixed: {},
  variants: {
    released:
      'logits at the answer tokens that have been read, one position later than those that predict them',
  },
  settings: [
    {
      benchmark: 'tofu',
      learningRate: 1e-5,
      epochs: 10,
      effectiveBatchSize: 32,
      schedule: 'linear',
      knobs: { dualStart: 100, dualRate: 5, retainBudget: 0.3 },
      source:
        'locuslab/open-unlearning community/methods/PDU/run.sh; 5 warm-up epochs: dualWarmupSteps of 5 epochs; 30 epochs for 8B models',
    },
    {
      benchmark: 'muse-news',
      learningRate: 1e-5,
      epochs: 10,
      effectiveBatchSize: 32,
      schedule: 'constant',
      knobs: { dualStart: 50, dualRate: 1, retainBudget: 1.5 },
      source:
        'locuslab/open-unlearning community/methods/PDU/run.sh, 3 warm-up epochs; 0.8 for 13B',
    },
    {
      benchmark: 'muse-books',
      learningRate: 1e-5,
      epochs: 10,
      effectiveBatchSize: 32,
      schedule: 'constant',
      knobs: { dualStart: 50, dualRate: 1, retainBudget: 0.1 },
      source:
        'locuslab/open-unlearning community/methods/PDU/run.sh, 3 warm-up epochs; 0.6 for 13B',
    },
  ],
  defects: [
    'Released code masks logits by the label at their own position instead of the next (variant released), and before October 2025 it had no mask at all; published numbers may come from either.',
    'Released code updates the multiplier with each micro-batch, on each device apart; here once per optimiser step.',
    'Squared logit gaps are large numbers: start the multiplier at 50 to 100, and mind that clipping meets it first.',
    'A budget set far too high pins the multiplier to 0, and the cap silently disappears.',
  ],
})
