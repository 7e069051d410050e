import { anyPart, only } from './choice.ts'
import { defineMethod } from './method.ts'

/** What a goal takes where the recipe names no method: BLUR's projection, towards ignorance instead of away from knowledge. */
export const level = defineMethod({
  id: 'level',
  title: 'Bi-level unlearning to the level of ignorance',
  source: 'made for Lethe, on BLUR: Reisizadeh et al. 2025, arXiv:2506.08164',
  summary:
    'Moves the words that carry a fact to the probability they have for somebody who never knew, from above and from below, along a direction that retention cannot cancel.',
  losses: { forget: anyPart('level-match'), retain: anyPart('level-keep') },
  combiner: only('balanced-bilevel'),
  defaults: {},
  fixed: {},
  variants: {},
  settings: [],
  defects: ['Needs a goal, which finds the level; see docs/own-model.md.'],
})
