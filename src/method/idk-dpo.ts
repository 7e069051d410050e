import { anyPart, only } from './choice.ts'
import { defineMethod } from './method.ts'
import { openUnlearningSettings } from './open-unlearning.ts'

/** Preference optimisation with refusals: prefers "I do not know" to the answer to be forgotten. */
export const idkDpo = defineMethod({
  id: 'idk-dpo',
  title: 'Preference optimisation with refusals (IdkDPO)',
  source:
    'Maini et al. 2024 (TOFU), arXiv:2401.06121; locuslab/open-unlearning configs/trainer/DPO.yaml',
  summary:
    'Direct preference optimisation in which the preferred answer is a refusal, plus training on retain answers.',
  losses: { forget: only('dpo'), retain: anyPart('cross-entropy') },
  combiner: only('weighted'),
  defaults: {},
  fixed: {},
  variants: {},
  recipe: { forget: { preferred: 'refusal' } },
  settings: [
    ...openUnlearningSettings
      .filter(({ benchmark }) => benchmark === 'tofu')
      .map((settings) => ({ ...settings, knobs: { beta: 0.1 } })),
    {
      benchmark: 'tofu',
      learningRate: 2e-5,
      epochs: 10,
      schedule: 'linear',
      knobs: { beta: 0.1 },
      source: 'molereddy/Alternate-Preference-Optimization, its tuned baseline',
    },
  ],
  defects: [
    'It teaches to refuse, and refuses retain questions too: model utility falls to .04 on forget05 with Llama-2-7B in the published tables.',
    'It hides rather than removes: what the answer was can still be told from likelihoods.',
    'Each example keeps the refusal that the seed gives it; released code draws one anew each time.',
    'The DPO branch of the original TOFU repository used an undefined variable; its settings are not to be trusted.',
  ],
})
