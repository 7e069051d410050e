export { bootstrapInterval, drawnPlaces, type Interval, percentileInterval } from './bootstrap.ts'
export { containsAnswer } from './exact-match.ts'
export { factRecall } from './fact-recall.ts'
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
export { answerProbability } from './probability.ts'
export { distinctN, repetitionShare, textPieces } from './repetition.ts'
export { rocAuc } from './roc-auc.ts'
export { type RougeOptions, type RougeScore, rouge1, rougeL, rougeTokens } from './rouge.ts'
export { rougePackageL } from './rouge-package.ts'
export {
  type SemevalTaskScores,
  semevalExactMatch,
  semevalFinalScore,
  semevalMembershipScore,
  semevalMmluFloor,
  semevalRowKind,
  semevalTaskAggregate,
} from './semeval.ts'
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
