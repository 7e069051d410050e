import { defineTruthRatioTest } from './truth-ratio-test.ts'

/** p-value of the exact two-sample test between truth ratios of this model and of the model never trained on the set. */
export const forgetQuality = defineTruthRatioTest({
  id: 'forget-quality',
  title: 'Forget quality',
  unit: 'p-value',
  description:
    'Exact Kolmogorov–Smirnov p-value between the truth ratios of this model and of the model never trained on the forget set.',
  source: 'TOFU, arXiv:2401.06121; open-unlearning forget_quality (scipy ks_2samp)',
  of: ({ pValue }) => pValue,
})
