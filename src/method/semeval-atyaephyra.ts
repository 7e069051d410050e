import { only } from './choice.ts'
import { defineMethod } from './method.ts'

/** Atyaephyra at SemEval-2025 Task 4: NPO on low-rank adapters, the starting model being the one without them. */
export const semevalAtyaephyra = defineMethod({
  id: 'semeval-atyaephyra',
  title: 'NPO on adapters (Atyaephyra at SemEval-2025 Task 4)',
  source: 'Atyaephyra at SemEval-2025 Task 4, system description and third-party notes',
  summary:
    'NPO with a large beta on adapters of rank 5, plus training on retain answers; the starting model is the same weights without adapters, so it costs no memory.',
  losses: {
    forget: only('npo'),
    retain: { default: 'cross-entropy', choices: ['cross-entropy', 'kl'] },
  },
  combiner: only('weighted'),
  defaults: { beta: 0.5 },
  fixed: {},
  variants: {},
  recipe: { train: { parameters: { lora: { rank: 5, alpha: 5 } } } },
  settings: [
    {
      benchmark: 'semeval',
      learningRate: 1e-4,
      effectiveBatchSize: 4,
      knobs: { beta: 0.5 },
      source: 'third-party notes of the system for OLMo-1B',
    },
  ],
  defects: [
    'The system adds cross-entropy and the divergence on the retain set; here one of the two is chosen.',
    'The weights of its two retain terms could not be verified.',
  ],
})
