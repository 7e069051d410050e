import type { z } from 'zod'
import type { TextScores } from '../../metric/index.ts'
import type { RecordedText } from '../record.ts'

/** What a membership score reads beside a text's log-probabilities; kinds refuse records without it. */
export interface MembershipNeeds {
  /** mean and variance of log p under p */
  readonly distribution?: true
  /** the norms of the loss's gradient */
  readonly gradients?: true
  /** the same text's scores by the model never trained on it */
  readonly neverTrained?: true
}

/** A membership score: one number of a text that tells what a model was trained on from what it never saw. */
export interface MembershipScore<Knobs = unknown> {
  readonly id: string
  /** one sentence: what is looked at */
  readonly description: string
  readonly source: string
  readonly needs: MembershipNeeds
  /** What it can be told, each with the default of its source; options of every kind that attacks membership. */
  readonly knobs: z.ZodRawShape
  /** Which scores the texts have that were trained on. */
  readonly member: 'lower' | 'higher'
  /**
   * @param neverTrained  the text's scores by that model; there where `needs` asks for it
   * @throws RangeError for a text without tokens, where the formula has no value for it
   */
  score(text: RecordedText, knobs: Knobs, neverTrained: RecordedText | null): number
}

/** Keeps the type of the knobs; the registry holds scores of any. */
export function defineMembershipScore<Knobs>(score: MembershipScore<Knobs>): MembershipScore {
  return score as MembershipScore
}

/** What formulas of attacks read of a recorded text. */
export function scoresOf({ text, logProbs, mean, variance }: RecordedText): TextScores {
  return {
    ...{ text, logProbs },
    ...(mean && { meanLogProbs: mean }),
    ...(variance && { varianceLogProbs: variance }),
  }
}
