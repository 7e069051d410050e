import type { Engine, Tensor } from '../../engine/engine.ts'
import type { LanguageModel } from '../../model/model.ts'
import { graphWeights } from '../../model/weights.ts'
import { BatchInputs } from '../batch-inputs.ts'
import { flatTensors } from '../flat.ts'
import { createGradientRunner } from '../gradient.ts'
import type { MicroBatch } from '../micro-batch.ts'
import type { GroupLoss } from '../objective.ts'
import type { WeightStore } from '../weight-store.ts'

/** A gradient runner over the store's trained tensors, whose results start dirty. */
export async function runnerFor(options: {
  engine: Engine
  model: LanguageModel
  store: WeightStore
  losses: Record<string, GroupLoss>
  /** In place of the store's. */
  values?: ReadonlyMap<string, Tensor>
}) {
  const { engine, model, store, losses } = options
  const { shapes, adapter, layout } = store.trainable
  const runner = await createGradientRunner({
    engine,
    model,
    weights: graphWeights(model, adapter),
    losses,
    trainable: [...shapes.keys()],
    values: options.values ?? store.tensors,
    inputs: new BatchInputs(model),
  })
  const scratch = flatTensors(engine.memory, layout)
  return {
    runner,
    async gradient(microBatches: readonly MicroBatch[], scales: Record<string, number>) {
      const target = flatTensors(engine.memory, layout)
      // What is left of an earlier step must not show.
      await engine.memory.fill(target.data, 7)
      await engine.memory.fill(scratch.data, 7)
      const totals = await runner.run(microBatches, scales, target, () => scratch)
      return { target, totals }
    },
  }
}
