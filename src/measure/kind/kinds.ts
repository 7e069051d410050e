import { choiceAccuracy } from './choice-accuracy.ts'
import { fluency, repetition } from './fluency.ts'
import { forgetQuality } from './forget-quality.ts'
import type { MetricKind } from './kind.ts'
import { leak } from './leak.ts'
import { membership, membershipCloseness, privacyLeakage, semevalMembership } from './membership.ts'
import { exactMemorisationKind, extractionStrengthKind } from './memorisation.ts'
import { optionProbability } from './option-probability.ts'
import { probability } from './probability.ts'
import { rouge } from './rouge.ts'
import { rougePackage } from './rouge-package.ts'
import { semevalKnowledge, semevalRegurgitation } from './semeval.ts'
import { truthRatio } from './truth-ratio.ts'
import { unlearningDepthKind } from './unlearning-depth.ts'

/** Every way to make a number of records, by id. */
export const metricKinds: ReadonlyMap<string, MetricKind> = new Map(
  [
    probability,
    optionProbability,
    rouge,
    rougePackage,
    truthRatio,
    forgetQuality,
    exactMemorisationKind,
    extractionStrengthKind,
    membership,
    privacyLeakage,
    membershipCloseness,
    choiceAccuracy,
    semevalRegurgitation,
    semevalKnowledge,
    semevalMembership,
    fluency,
    repetition,
    leak,
    unlearningDepthKind,
  ].map((kind) => [kind.id, kind]),
)
