export { bootstrapInterval, type Interval, percentileInterval } from './bootstrap.ts'
export { exactMatch } from './exact-match.ts'
export { harmonicMean } from './harmonic-mean.ts'
export { type KsResult, ksTwoSample } from './ks-two-sample.ts'
export { leakAtK } from './leak-at-k.ts'
export {
  gradientNormAttack,
  lossAttack,
  minKAttack,
  minKPlusPlusAttack,
  referenceAttack,
  type TextScores,
  zlibAttack,
} from './membership.ts'
export { exactMemorisation, extractionStrength } from './memorisation.ts'
export {
  metricFaithfulness,
  metricQuality,
  quantisationRobustness,
  relearningRobustness,
} from './meta-evaluation.ts'
export { type Direction, type Metric, meanMetric } from './metric.ts'
export { metrics } from './metrics.ts'
export { choiceCorrect, groupAccuracy } from './multiple-choice.ts'
export { cutAtFirst, museAnswer, museOverlap, museStops } from './muse.ts'
export { ngramEntropy, ngramFluency } from './ngram-entropy.ts'
export {
  memorisationScore,
  openUnlearningAggregate,
  privacyScore,
  utilityScore,
} from './open-unlearning.ts'
export { porterStem } from './porter.ts'
export { attackCloseness, privLeak, privLeakMuse, relativeDifference } from './privacy-leakage.ts'
export { probability } from './probability.ts'
export type { EvaluationRecord, EvaluationSet } from './record.ts'
export { distinctN, repetitionShare, textPieces } from './repetition.ts'
export { repetition } from './repetition-metric.ts'
export { rocAuc } from './roc-auc.ts'
export { type RougeOptions, type RougeScore, rouge1, rougeL, rougeTokens } from './rouge.ts'
export { rougePackageL } from './rouge-package.ts'
export { rougeRecall } from './rouge-recall.ts'
export {
  type SemevalTaskScores,
  semevalExactMatch,
  semevalFinalScore,
  semevalMembershipScore,
  semevalMmluFloor,
  semevalRowKind,
  semevalTaskAggregate,
} from './semeval.ts'
export { type MetricSummary, summarise, summariseChange } from './summary.ts'
export {
  type AnswerLosses,
  optionProbability,
  type TruthRatioAggregate,
  truthRatio,
  truthRatioAggregates,
  truthRatioArithmetic,
  truthRatioScore,
} from './truth-ratio.ts'
export { unlearningDepth } from './unlearning-depth.ts'
export { zlibLength } from './zlib-length.ts'
