import type { DeviceBuffer, Engine, HeldTensor } from '../engine/engine.ts'
import type { LanguageModel } from '../model/model.ts'
import type { BatchInputs } from '../train/batch-inputs.ts'

/** A model in memory whose weights an edit changes in place. */
export interface EditedModel {
  readonly engine: Engine
  readonly model: LanguageModel
  /** Every weight by name. */
  readonly values: ReadonlyMap<string, HeldTensor>
  readonly inputs: BatchInputs
  readonly padToken: number
  /** Rounds a weight to what its folder will store, so that what is measured is what is written. */
  round(name: string): Promise<void>
}

/** The buffer of a weight. */
export function weightOf({ values }: EditedModel, name: string): DeviceBuffer {
  const tensor = values.get(name)
  if (!tensor) throw new Error(`internal: no weight ${name}`)
  return tensor.data
}
