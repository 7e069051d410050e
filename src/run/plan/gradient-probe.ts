import { makeBatch } from '../../data/batch.ts'
import type { Example } from '../../data/example.ts'
import { lengthBatches } from '../../data/length-batches.ts'
import { onHost } from '../../engine/memory.ts'
import { graphWeights } from '../../model/weights.ts'
import { crossEntropy } from '../../parts/loss/cross-entropy.ts'
import type { GradientProbe } from '../../parts/select/selector.ts'
import { flatTensors } from '../../train/flat.ts'
import { createGradientRunner } from '../../train/gradient.ts'
import type { MicroBatch } from '../../train/micro-batch.ts'
import { createScorer } from '../../train/scorer.ts'
import type { Session } from '../../train/session.ts'

const tokensPerBatch = 2048

/** Gradients of −log p over what the session trains; its weights are as before after every call. */
export async function createGradientProbe(
  session: Session,
  sets: { own: readonly Example[]; other: readonly Example[] },
): Promise<GradientProbe & { dispose(): void }> {
  const { engine, model, store, inputs, tokenizer } = session
  const { padToken } = tokenizer
  const { layout, adapter, shapes } = store.trainable
  const weights = graphWeights(model, adapter)
  const values = store.tensors
  const runner = await createGradientRunner({
    engine,
    model,
    weights,
    losses: { own: { loss: crossEntropy, knobs: {} } },
    trainable: [...shapes.keys()],
    values,
    inputs,
  })
  const scorer = await createScorer({ engine, model, weights, values, inputs, padToken })
  const { memory, trained } = store
  const target = flatTensors(memory, layout)
  const spare = flatTensors(memory, layout)

  const microBatch = (examples: readonly Example[], exampleWeights?: Float32Array): MicroBatch => ({
    batch: makeBatch(examples, padToken),
    groups: examples.map(() => 'own'),
    ...(exampleWeights ? { exampleWeights } : {}),
  })
  const gradient = async (microBatches: readonly MicroBatch[]) => {
    await runner.run(microBatches, { own: 1 }, target, () => spare)
    return memory.read(target.data)
  }
  const whole = (examples: readonly Example[], factors?: Float32Array) =>
    gradient(
      lengthBatches(examples, tokensPerBatch).map((places) =>
        microBatch(
          places.map((place) => examples[place]),
          factors && Float32Array.from(places, (place) => factors[place]),
        ),
      ),
    )

  return {
    size: layout.size,
    example: (set, place) => gradient([microBatch([sets[set][place]])]),
    mean: (set) => whole(sets[set]),
    async lossesAfter({ weights: factors, steps, learningRate }) {
      const kept = (await memory.read(trained.data)).slice()
      for (let step = 0; step < steps; step++) {
        const direction = await whole(sets.own, factors)
        await onHost(memory, [trained.data], ([data]) => {
          for (let i = 0; i < data.length; i++) data[i] -= learningRate * Math.sign(direction[i])
        })
      }
      const scores = await scorer.score(sets.own)
      await memory.write(trained.data, kept)
      return Float64Array.from(scores, ({ logProb, tokens }) => -logProb / tokens)
    },
    dispose() {
      runner.dispose()
      scorer.dispose()
    },
  }
}
