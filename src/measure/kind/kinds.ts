import { choiceAccuracy } from './choice-accuracy.ts'
import { classifiedClean } from './classified-clean.ts'
import { exactMatch } from './exact-match.ts'
import { exactMemorisation } from './exact-memorisation.ts'
import { extractionStrength } from './extraction-strength.ts'
import { factRecall } from './fact-recall.ts'
import { fluency } from './fluency.ts'
import { forgetQuality } from './forget-quality.ts'
import { forgetQualityLog } from './forget-quality-log.ts'
import type { MetricKinds } from './kind.ts'
import { leak } from './leak.ts'
import { membership } from './membership.ts'
import { membershipCloseness } from './membership-closeness.ts'
import { optionAccuracy } from './option-accuracy.ts'
import { optionProbability } from './option-probability.ts'
import { privacyLeakage } from './privacy-leakage.ts'
import { probability } from './probability.ts'
import { repetition } from './repetition.ts'
import { rouge } from './rouge.ts'
import { rougePackage } from './rouge-package.ts'
import { semevalKnowledge } from './semeval-knowledge.ts'
import { semevalMembership } from './semeval-membership.ts'
import { semevalRegurgitation } from './semeval-regurgitation.ts'
import { truthRatio } from './truth-ratio.ts'
import { unlearningDepth } from './unlearning-depth.ts'

/** Every way to make a number of records that ships, by id. */
export const metricKinds: MetricKinds = new Map(
  [
    ...[
      probability,
      optionProbability,
      optionAccuracy,
      rouge,
      rougePackage,
      factRecall,
      exactMatch,
    ],
    ...[truthRatio, forgetQuality, forgetQualityLog, exactMemorisation, extractionStrength],
    ...[membership, privacyLeakage, membershipCloseness, choiceAccuracy],
    ...[semevalRegurgitation, semevalKnowledge, semevalMembership],
    ...[fluency, classifiedClean, repetition, leak, unlearningDepth],
  ].map((kind) => [kind.id, kind]),
)
