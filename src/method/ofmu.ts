import { anyPart, only } from './choice.ts'
import { defineMethod } from './method.ts'

/** OFMU: retain loss, with a penalty on leaving a stationary point of forgetting. */
export const ofmu = defineMethod({
  id: 'ofmu',
  title: 'Optimisation-driven framework for machine unlearning (OFMU)',
  source: 'Asif and Mohammadi Amiri 2025, arXiv:2509.22483',
  summary:
    'An inner loop goes to where the forget loss is stationary and its gradient lies away from the retain gradient; the outer step lowers the retain loss and is penalised for leaving that place.',
  losses: { forget: anyPart('ga'), retain: anyPart('cross-entropy') },
  combiner: only('stationary-forgetting'),
  defaults: {},
  fixed: {},
  variants: {},
  settings: [],
  defects: [
    'No code was found, and of the settings only the 5 to 10 inner steps are known, from a reading note.',
    'Ascent on the forget loss is unbounded; with forgetLoss npo the inner problem has an end.',
    'It costs several gradients a step: see its cost.',
  ],
})
