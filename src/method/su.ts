import { anyPart } from './choice.ts'
import { defineMethod } from './method.ts'

/** Selective unlearning: any forget loss, on the tokens that carry what is to be forgotten. */
export const su = defineMethod({
  id: 'su',
  title: 'Selective unlearning (SU)',
  source: 'Wan et al. 2025, arXiv:2506.00876',
  summary:
    'Finds the tokens of the forget set that carry the unwanted information and applies any forget loss to those alone; the rest of the text is ordinary language and is left as it is.',
  losses: { forget: anyPart('npo'), retain: anyPart('cross-entropy') },
  combiner: anyPart('weighted'),
  defaults: {},
  fixed: {},
  variants: {},
  recipe: { forget: { tokens: { id: 'critical-ngrams' } } },
  settings: [],
  defects: [
    'Official code could not be found; threshold and context expansion are those of a third party, and the settings of the paper are not known.',
    'critical-ngrams looks at the two data sets; critical-tokens looks at a model that has not seen the forget set (forget.tokens: { id: critical-tokens, assistant: … }), which is the stronger form and needs one.',
    'What is masked is still trained in: test with paraphrases.',
  ],
})
