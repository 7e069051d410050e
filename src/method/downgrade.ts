import { anyPart } from './choice.ts'
import { defineMethod } from './method.ts'

/** Downgrade to upgrade: any method with a coarser optimiser, for forgetting that is harder to undo. */
export const downgrade = defineMethod({
  id: 'downgrade',
  title: 'Downgrading the optimiser (Downgrade to Upgrade)',
  source: 'Lang et al. 2025, arXiv:2510.00761; OPTML-Group/Unlearn_Optimizer (its README only)',
  summary:
    'Any forget loss, with steps by backpropagation and steps from losses alone in turns: the noisier optimiser ends in a place that relearning and quantisation disturb less.',
  losses: { forget: anyPart('npo'), retain: anyPart('cross-entropy') },
  combiner: anyPart('weighted'),
  defaults: {},
  fixed: {},
  variants: {},
  recipe: { train: { gradients: { id: 'hybrid' } } },
  settings: [],
  defects: [
    'Of the settings only the 20 steps of each kind are known, from summaries; learning rates, directions and smoothing are not.',
    'The paper ends with zeroth-order steps: make train.steps a multiple of twice the period.',
    'Its other form, a gradient of one bit, is train.optimizer: sign-sgd with train.gradients: exact.',
    'Reviewers ask for what it costs: a zeroth-order step is two forward passes for each direction.',
  ],
})
