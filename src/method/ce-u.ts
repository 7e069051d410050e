import { anyPart, only } from './choice.ts'
import { defineMethod } from './method.ts'
import { openUnlearningSettings } from './open-unlearning.ts'

/** CE-U: cross-entropy to the model's own distribution without the true token. */
export const ceU = defineMethod({
  id: 'ce-u',
  title: 'Cross-entropy unlearning (CE-U)',
  source: 'Yang 2025, arXiv:2503.01224; locuslab/open-unlearning src/trainer/unlearn/ceu.py',
  summary:
    'Trains the model towards its own distribution with the true token taken out: bounded, without a starting model, and still once the token is forgotten. The paper has no retain term; retainWeight 0 leaves it out.',
  losses: { forget: only('ce-u'), retain: anyPart('cross-entropy') },
  combiner: only('weighted'),
  defaults: { retainWeight: 0 },
  fixed: {},
  variants: {},
  settings: openUnlearningSettings
    .filter(({ benchmark }) => benchmark === 'tofu')
    .map((settings) => ({ ...settings, knobs: { skipTokens: 1, retainWeight: 0 } })),
  defects: [
    'Without a retain term it drifts: with the defaults of open-unlearning it collapsed on MUSE News; 2e-6 and 9 epochs are reported to do on TOFU forget05.',
    'The same loss is reported to do better in the older TOFU code than in open-unlearning.',
  ],
})
