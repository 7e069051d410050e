import { only } from './choice.ts'
import { defineMethod } from './method.ts'

/** The fourth system of SemEval-2025 Task 4: RMU late in the model, by the model's own scale. */
export const semevalSnuffleupagus = defineMethod({
  id: 'semeval-snuffleupagus',
  title: 'Adaptive RMU (Mr. Snuffleupagus at SemEval-2025 Task 4)',
  source:
    'Dosajh and Sanghi 2025, arXiv:2506.16548; ArjunDosajh/Mr.Snuffleupagus-SemEval-2025-Task-4 (116bf41)',
  summary:
    'Representation misdirection read near the last layer, with a control vector five times as long as the activations are, and a heavy pull of retain activations to where they were.',
  losses: { forget: only('adaptive-rmu'), retain: only('activation-match') },
  combiner: only('weighted'),
  defaults: { retainWeight: 900, layer: 26 },
  fixed: {},
  variants: {},
  recipe: {
    train: {
      parameters: { pattern: '*.{75%-85%}.mlp.{down_proj|fc2|dense_4h_to_h|c_proj}.weight' },
    },
  },
  settings: [
    {
      benchmark: 'semeval',
      learningRate: 5e-5,
      epochs: 100,
      effectiveBatchSize: 12,
      knobs: { layer: 26, steeringScale: 5, retainWeight: 900 },
      source: 'unlearn_submission.py for OLMo-7B: down_proj of layers 24 to 26',
    },
    {
      benchmark: 'semeval',
      learningRate: 5e-5,
      epochs: 100,
      effectiveBatchSize: 8,
      knobs: { layer: 14, steeringScale: 3, retainWeight: 900 },
      source: 'unlearn_submission.py for OLMo-1B: down_proj of layers 12 to 14',
    },
  ],
  defects: [
    'Released code measures the scale again in each epoch, on the model being trained, so the target grows by the factor each time; here it is that of the starting model.',
    'Released code has a control vector for each of the three topics, chosen by the names of the data files; here there is one.',
    'It averages over all tokens, padding too; here only where an answer is predicted.',
  ],
})
