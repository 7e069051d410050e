import { anyPart, only } from './choice.ts'
import { defineMethod } from './method.ts'

/** Representation misdirection: forget activations go to a random direction, retain activations stay. */
export const rmu = defineMethod({
  id: 'rmu',
  title: 'Representation misdirection (RMU)',
  source:
    'Li et al. 2024, arXiv:2403.03218; cais/Zephyr_RMU; rmu/unlearn.py (centerforaisafety/wmdp)',
  summary:
    'Pushes the activations of forget texts at one layer to a random direction and keeps those of retain texts where they were, training a few matrices just below.',
  losses: { forget: only('rmu'), retain: anyPart('activation-match') },
  combiner: only('weighted'),
  defaults: { retainWeight: 100 },
  fixed: {},
  variants: {
    released:
      'as open-unlearning: activations where an answer token has been read, one position later, and sums of squares and answer lengths averaged apart',
  },
  recipe: {
    train: {
      parameters: {
        pattern: '*.{15%-25%}.mlp.{down_proj|fc2|dense_4h_to_h|c_proj}.weight',
      },
    },
  },
  settings: [
    {
      benchmark: 'wmdp',
      learningRate: 5e-5,
      steps: 150,
      effectiveBatchSize: 4,
      knobs: { layer: 7, steering: 6.5, retainWeight: 1200 },
      source: 'the authors’ notebook for Zephyr-7B: down_proj of layers 5 to 7',
    },
    {
      benchmark: 'wmdp',
      learningRate: 5e-5,
      steps: 80,
      effectiveBatchSize: 4,
      knobs: { layer: 7, steering: 20, retainWeight: 100 },
      source: 'defaults of rmu/unlearn.py: down_proj of layers 5 to 7',
    },
    {
      benchmark: 'wmdp',
      learningRate: 5e-5,
      steps: 80,
      effectiveBatchSize: 16,
      knobs: { layer: 7, steering: 2, retainWeight: 1 },
      source:
        'locuslab/open-unlearning configs/experiment/unlearn/wmdp: down_proj of layers 5 to 7',
    },
    {
      benchmark: 'tofu',
      learningRate: 1e-5,
      epochs: 10,
      effectiveBatchSize: 32,
      warmupEpochs: 1,
      schedule: 'linear',
      weightDecay: 0.01,
      knobs: { layer: 7, steering: 2, retainWeight: 1 },
      source:
        'locuslab/open-unlearning configs/trainer/RMU.yaml, which trains all parameters: train.parameters: all',
    },
  ],
  defects: [
    'Activations are read where they predict an answer token; open-unlearning reads them one position later, where it has been read (variant released), and the code for WMDP at all tokens, padding too.',
    'Layer and steering must be set per model: the length that steers Zephyr does little to a model whose activations are longer.',
    'There is one control vector; the released code for WMDP alternates topics with a vector each.',
    'What is trained must not lie above the layer that is read: nothing there would change by the forget loss.',
    'With all parameters and steering 2, as open-unlearning has it, it is a rather different algorithm from that for WMDP.',
    'Released code in half precision gives other results with the same seed.',
  ],
})
