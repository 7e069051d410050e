import { anyPart, only } from './choice.ts'
import { defineMethod } from './method.ts'

/** LoKU: a bounded forget loss on low-rank adapters. */
export const loku = defineMethod({
  id: 'loku',
  title: 'Low-rank knowledge unlearning (LoKU)',
  source: 'Cha et al. 2024, arXiv:2408.06621; csm9493/efficient-llm-unlearning (272484a)',
  summary:
    'The inverted hinge asks only that the true token fall below its runner-up; low-rank adapters, begun where weights matter to the forget set and not to the retain set (FILA), are trained, with ordinary training on retain answers.',
  losses: { forget: only('inverted-hinge'), retain: anyPart('cross-entropy') },
  combiner: only('weighted'),
  defaults: {},
  fixed: {},
  variants: {},
  recipe: { train: { parameters: { lora: { rank: 16, init: 'fila' } } } },
  settings: [
    {
      benchmark: 'tofu',
      learningRate: 1e-4,
      epochs: 5,
      effectiveBatchSize: 32,
      warmupEpochs: 1,
      schedule: 'linear',
      weightDecay: 0.01,
      source:
        'csm9493/efficient-llm-unlearning for Llama-2-7B, rank 4 to 32, alpha twice the rank; 2e-4 for Phi-1.5',
    },
  ],
  defects: [
    'After FILA the weights beside the adapters are no longer those of the starting model: taking the adapters away does not give it back.',
    'Released code averages squared gradients over the batches of its loader; here batches are formed by length, so the Fisher information is that of other batches.',
    'The loss stays positive until the runner-up leads by 1: it does not stop when the true token has fallen below it.',
    'Released code skips the softmax when all logits lie in [0, 1].',
  ],
})
