import type { PublishedSettings } from './method.ts'

/** What open-unlearning trains every method with, unless the method says otherwise. */
export const openUnlearningSettings: readonly PublishedSettings[] = [
  {
    benchmark: 'tofu',
    learningRate: 1e-5,
    epochs: 10,
    effectiveBatchSize: 32,
    warmupEpochs: 1,
    schedule: 'linear',
    weightDecay: 0.01,
    source: 'locuslab/open-unlearning configs/experiment/unlearn/tofu, scripts/tofu_unlearn.sh',
  },
  ...(['muse-news', 'muse-books'] as const).map(
    (benchmark): PublishedSettings => ({
      benchmark,
      learningRate: 1e-5,
      epochs: 10,
      effectiveBatchSize: 32,
      schedule: 'constant',
      weightDecay: 0,
      source: 'locuslab/open-unlearning configs/experiment/unlearn/muse',
    }),
  ),
  {
    benchmark: 'wmdp',
    learningRate: 5e-5,
    steps: 80,
    effectiveBatchSize: 16,
    source: 'locuslab/open-unlearning configs/experiment/unlearn/wmdp',
  },
]
