import { z } from 'zod'
import { ksTwoSample, truthRatio } from '../../metric/index.ts'
import { comparedTexts, lossesOf } from './compared-texts.ts'
import { counted, defineKind } from './kind.ts'

/** Logarithm of the forget quality's p-value, which itself is 0 in doubles from some 540 rows a side on. */
export const forgetQualityLog = defineKind({
  id: 'forget-quality-log10',
  title: 'Forget quality, log10',
  unit: 'log10 of a p-value',
  description:
    'Logarithm (base 10) of the exact Kolmogorov–Smirnov p-value between the truth ratios of this model and of the model never trained on the forget set: 0 for alike, without a floor.',
  source: 'TOFU, arXiv:2401.06121; the logarithm is Lethe’s',
  needsNeverTrained: true,
  withoutInterval: true,
  schema: z.strictObject(comparedTexts),
  sets: ({ set }) => [set],
  score: (record, options) => truthRatio(lossesOf(record, options)),
  value(scores, { set }, neverTrained) {
    if (!neverTrained)
      throw new RangeError('forget quality: expected the records of the model never trained')
    return ksTwoSample(counted(scores[set]), counted(neverTrained[set])).log10PValue
  },
})
