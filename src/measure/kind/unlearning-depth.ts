import { z } from 'zod'
import { unlearningDepth as erasedShare } from '../../metric/index.ts'
import { type SampleRecord, textsOf } from '../record.ts'
import { defineMean } from './kind.ts'

/** What of the knowledge in the layers was erased, beside what the model never trained on the set lacks. */
export const unlearningDepth = defineMean({
  id: 'unlearning-depth',
  title: 'Unlearning depth',
  unit: 'share',
  description:
    'Share of the knowledge carried by layers that was erased inside, by putting activations into the original model; 1 is as if never trained. Rows that no layer of it tells apart are left out.',
  source: 'gnueaj/unlearning-depth-score; there of the entity’s tokens, here of the whole text’s',
  needsNeverTrained: true,
  schema: z.strictObject({
    set: z.string().describe('The set that is measured; it needs patchedLayers.'),
    text: z.string().default('answer').describe('Which scored text.'),
    threshold: z
      .number()
      .min(0)
      .default(0.05)
      .describe('Nats per token that a layer of the model never trained on the set must cost.'),
  }),
  score(record, { text, threshold }, neverTrained) {
    if (!neverTrained)
      throw new RangeError('needs the records of a model never trained on the forget set')
    const [unlearned, reference] = [lossesOf(record, text), lossesOf(neverTrained, text)]
    if (!reference.some((loss) => loss > threshold)) return null
    const layers = reference.map((loss, layer) => ({
      reference: loss,
      unlearned: unlearned[layer],
    }))
    return erasedShare(layers, threshold)
  },
})

/** `[layers]` nats per token that the original model loses by a record's activations. */
function lossesOf(record: SampleRecord, text: string): number[] {
  const { patched } = textsOf(record, text)[0]
  if (!patched)
    throw new RangeError(
      `record ${record.set} ${record.index}: expected patched layers (patchedLayers: true in the set), got none`,
    )
  return patched.layers.map((score) => patched.whole - score)
}
