import { makeBatch } from '../data/batch.ts'
import type { Example } from '../data/example.ts'
import { lengthBatches } from '../data/length-batches.ts'
import { sizeOf } from '../graph/shape.ts'
import { graphWeights } from '../model/weights.ts'
import { crossEntropy } from '../parts/loss/cross-entropy.ts'
import { flatLayout, flatTensors } from './flat.ts'
import { createGradientRunner } from './gradient.ts'
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
 * @returns by weight, in the layout in which it is stored
 */
export async function fisherInformation(
  { engine, model, store, inputs, tokenizer }: Session,
  names: readonly string[],
  examples: readonly Example[],
  tokensPerBatch: number,
): Promise<ReadonlyMap<string, Float32Array>> {
  const layout = flatLayout(names.map((name) => [name, model.parameters.get(name) ?? []] as const))
  const information = new Float32Array(layout.size)
  const byName = new Map(
    [...layout.tensors].map(([name, { start, shape }]) => [
      name,
      information.subarray(start, start + sizeOf(shape)),
    ]),
  )
  if (examples.length === 0) return byName
  const runner = await createGradientRunner({
    engine,
    model,
    weights: graphWeights(model),
    losses: { own: { loss: crossEntropy, knobs: {} } },
    trainable: names,
    values: store.tensors,
    inputs,
  })
  const { memory } = engine
  const gradient = flatTensors(memory, layout)
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
    const found = await memory.read(gradient.data)
    for (let i = 0; i < found.length; i++) information[i] += count * found[i] ** 2
  }
  runner.dispose()
  memory.free(gradient.data)
  for (let i = 0; i < information.length; i++) information[i] /= tokens
  return byName
}
