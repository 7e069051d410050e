import { makeBatch } from '../data/batch.ts'
import type { Example } from '../data/example.ts'
import { graphWeights } from '../model/weights.ts'
import { crossEntropy } from '../parts/loss/cross-entropy.ts'
import { type FlatTensors, flatLayout, flatTensors } from './flat.ts'
import { createGradientRunner } from './gradient.ts'
import { lengthBatches } from './scorer.ts'
import type { Session } from './session.ts'

/**
 * The diagonal of the empirical Fisher information of some weights of the model without its adapter.
 *
 * `Σ_b c_b·g_b² / Σ_b c_b` over batches b of c_b answer tokens, g_b the gradient of their mean −log p. Batches are formed by
 * length.
 *
 * Memory: two arrays of the size of the weights, and a backward pass.
 *
 * @param names          weights of the model
 * @param examples       those of no example have an information of zero
 * @param tokensPerBatch most padded tokens of a batch of more than one example
 */
export async function fisherInformation(
  { engine, model, store, feeds, tokenizer }: Session,
  names: readonly string[],
  examples: readonly Example[],
  tokensPerBatch: number,
): Promise<FlatTensors> {
  const layout = flatLayout(names.map((name) => [name, model.parameters.get(name) ?? []] as const))
  const information = flatTensors(layout)
  if (examples.length === 0) return information
  const runner = await createGradientRunner({
    engine,
    model,
    weights: graphWeights(model),
    losses: { own: { loss: crossEntropy, knobs: {} } },
    trainable: names,
    values: store.tensors,
    feeds,
  })
  const gradient = flatTensors(layout)
  let tokens = 0
  for (const places of lengthBatches(examples, tokensPerBatch)) {
    const batch = makeBatch(
      places.map((place) => examples[place]),
      tokenizer.padToken,
    )
    const micro = { batch, groups: places.map(() => 'own') }
    await runner.run([micro], { own: 1 }, gradient, () => gradient)
    const count = batch.rows.length
    tokens += count
    const { data } = information
    for (let i = 0; i < data.length; i++) data[i] += count * gradient.data[i] ** 2
  }
  runner.dispose()
  for (let i = 0; i < information.data.length; i++) information.data[i] /= tokens
  return information
}
