import { z } from 'zod'
import { type KsResult, ksTwoSample, truthRatio } from '../../metric/index.ts'
import { comparedTexts, lossesOf } from './compared-texts.ts'
import { counted, defineKind, type MetricKind } from './kind.ts'

const schema = z.strictObject(comparedTexts)
type Options = z.output<typeof schema>

/** A kind whose value is of the exact two-sample test between truth ratios of this model and of the model never trained on the set. */
export function defineTruthRatioTest({
  of,
  ...kind
}: Pick<MetricKind<Options>, 'id' | 'title' | 'unit' | 'description' | 'source'> & {
  readonly of: (test: KsResult) => number
}): MetricKind {
  return defineKind<Options>({
    ...kind,
    needsNeverTrained: true,
    withoutInterval: true,
    schema,
    sets: ({ set }) => [set],
    score: (record, options) => truthRatio(lossesOf(record, options)),
    value(scores, { set }, neverTrained) {
      if (!neverTrained)
        throw new RangeError('forget quality: expected the records of the model never trained')
      return of(ksTwoSample(counted(scores[set]), counted(neverTrained[set])))
    },
  })
}
