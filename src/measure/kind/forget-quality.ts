import { z } from 'zod'
import { ksTwoSample, truthRatio } from '../../metric/index.ts'
import { comparedTexts, lossesOf } from './compared-texts.ts'
import { counted, defineKind } from './kind.ts'

/** p-value of the exact two-sample test between truth ratios of this model and of the model never trained on the set. */
export const forgetQuality = defineKind({
  id: 'forget-quality',
  title: 'Forget quality',
  unit: 'p-value',
  description:
    'Exact Kolmogorov–Smirnov p-value between the truth ratios of this model and of the model never trained on the forget set.',
  source: 'TOFU, arXiv:2401.06121; open-unlearning forget_quality (scipy ks_2samp)',
  needsNeverTrained: true,
  withoutInterval: true,
  schema: z.strictObject(comparedTexts),
  sets: ({ set }) => [set],
  score: (record, options) => truthRatio(lossesOf(record, options)),
  value(scores, { set }, neverTrained) {
    if (!neverTrained)
      throw new RangeError('forget quality: expected the records of the model never trained')
    return ksTwoSample(counted(scores[set]), counted(neverTrained[set])).pValue
  },
})
