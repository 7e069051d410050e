import { anyPart, only } from './choice.ts'
import { defineMethod } from './method.ts'

/** NGDiff: forget and retain gradients are scaled to one length before they are subtracted. */
export const ngdiff = defineMethod({
  id: 'ngdiff',
  title: 'Normalised gradient difference (NGDiff)',
  source: 'Jin et al. 2024, arXiv:2410.22086',
  summary:
    'Scales the retain and the forget gradient to length 1 before it adds them, so that neither task wins by the size of its loss; to first order no step hurts either.',
  losses: { forget: anyPart('ga'), retain: anyPart('cross-entropy') },
  combiner: only('normalized-difference'),
  defaults: {},
  fixed: {},
  variants: {},
  recipe: { train: { adaptRateEvery: 10 } },
  settings: [],
  defects: [
    'Official code could not be found and the settings of the paper are not known; the formula is confirmed by summaries and a third party.',
    'The learning rate follows a parabola of the retain loss (train.adaptRateEvery), along the update that was made and not the raw direction; train.learningRate is where it begins.',
    'With forgetLoss ga it never stops by itself: as the forget gradient fades, its direction is noise of full length.',
    'The direction is at most 2 long, so train.clipNorm 1 acts most of the time; with AdamW the step is scaled again.',
  ],
})
