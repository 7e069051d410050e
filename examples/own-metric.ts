// A metric of one's own, as a plugin: lethe eval <model> --benchmark own-metric.yaml --data <folder> --plugin ./own-metric.ts
import { defineMeanMetric } from 'lethe'
import { z } from 'zod'

/** How long answers are: a model that forgot may have forgotten how to speak, too. */
export const answerLength = defineMeanMetric({
  id: 'answer-length',
  title: 'Answer length',
  unit: 'words',
  description: 'Mean number of words of the greedy answer.',
  source: 'an example',
  schema: z.strictObject({ set: z.string().describe('The set whose answers are counted.') }),
  score: ({ generated }) => generated?.trim().split(/\s+/).length ?? null,
})
