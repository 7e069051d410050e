import type { DeviceBuffer, HeldTensor } from '../engine/engine.ts'
import type { Memory } from '../engine/memory.ts'
import { UserError } from '../error.ts'
import { sizeOf } from '../graph/shape.ts'
import type { LanguageModel } from '../model/model.ts'
import { type FlatTensors, flatTensors } from './flat.ts'
import type { TrainableSet } from './trainable-set.ts'

/** A model's weights where the engine keeps them: the trained ones together in one buffer, the frozen ones each in its own. */
export interface WeightStore {
  /** Where they are kept. */
  readonly memory: Memory
  readonly trainable: TrainableSet
  /** Trained weights or adapter matrices. */
  readonly trained: FlatTensors
  /** Every weight and adapter matrix by name, for feeding programs. */
  readonly tensors: ReadonlyMap<string, HeldTensor>
  /** A weight as it would be exported: its adapter merged in. */
  exported(name: string): Promise<Float32Array>
}

/**
 * Loads weights one by one.
 *
 * @param memory of the engine that will run the model
 * @param read gives a weight's values; called once per stored tensor
 * @param seed of a fresh adapter, whose tensors get their initial values
 */
export async function loadWeights(
  memory: Memory,
  model: LanguageModel,
  trainable: TrainableSet,
  read: (name: string) => Promise<Float32Array>,
  seed: number,
): Promise<WeightStore> {
  const { adapter, layout, shapes } = trainable
  const trained = flatTensors(memory, layout)
  const tensors = new Map<string, HeldTensor>()
  for (const [name, shape] of model.parameters) {
    const view = trained.views.get(name)
    const data = await read(name)
    if (data.length !== sizeOf(shape))
      throw new UserError({
        code: 'shape-mismatch',
        path: name,
        expected: `[${shape.join(', ')}] = ${sizeOf(shape)} numbers, by config.json`,
        got: `${data.length} numbers`,
      })
    if (view) await memory.write(view, data)
    tensors.set(name, { data: view ?? memory.hold(data), shape })
  }
  if (adapter)
    for (const [name, view] of trained.views) {
      await memory.write(view, adapter.initial(name, seed))
      tensors.set(name, { data: view, shape: shapes.get(name) as readonly number[] })
    }
  const current = (name: string) => memory.read(tensors.get(name)?.data as DeviceBuffer)
  return {
    memory,
    trainable,
    trained,
    tensors,
    exported: (name) => (adapter ? adapter.merged(name, current) : current(name)),
  }
}
