import { defineTruthRatioTest } from './truth-ratio-test.ts'

/** Logarithm of the forget quality's p-value, which itself is 0 in doubles from some 540 rows a side on. */
export const forgetQualityLog = defineTruthRatioTest({
  id: 'forget-quality-log10',
  title: 'Forget quality, log10',
  unit: 'log10 of a p-value',
  description:
    'Logarithm (base 10) of the exact Kolmogorov–Smirnov p-value between the truth ratios of this model and of the model never trained on the forget set: 0 for alike, without a floor.',
  source: 'TOFU, arXiv:2401.06121; the logarithm is Lethe’s',
  of: ({ log10PValue }) => log10PValue,
})
