import { z } from 'zod'
import { defineMean } from './kind.ts'
import { measuredSet } from './options.ts'

/** Mean probability that a classifier of gibberish, which another program runs, finds the greedy answers clean. */
export const classifiedClean = defineMean({
  id: 'classified-clean',
  title: 'Clean answers',
  unit: 'share',
  description:
    'How likely a classifier finds the greedy answers no gibberish. Lethe runs no encoder: reference/classify_answers.py writes it into the records.',
  source: 'open-unlearning classifier_prob, madhurjindal/autonlp-Gibberish-Detector-492513457',
  schema: z.strictObject(measuredSet),
  score(record) {
    if (record.clean === undefined)
      throw new RangeError(
        `record ${record.set} ${record.index}: expected "clean", which reference/classify_answers.py writes, got none`,
      )
    return record.clean
  },
})
