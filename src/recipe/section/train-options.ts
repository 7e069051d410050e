import { partSchema } from '../part.ts'
import { builtInRegistry, type Registry } from '../registry.ts'
import { valueAt } from '../value-path.ts'
import type { TrainOptions } from './train-section.ts'

/** What the schema of `train` depends on, read from a recipe that may still be wrong. */
export function trainOptions(
  written: unknown,
  learningRate: number,
  { estimators, optimizers }: Registry = builtInRegistry,
): TrainOptions {
  return {
    gradients: partSchema(estimators, valueAt(written, ['train', 'gradients']), 'exact'),
    optimizer: partSchema(optimizers, valueAt(written, ['train', 'optimizer']), 'adamw'),
    hasSteps: (valueAt(written, ['train', 'steps']) ?? null) !== null,
    learningRate,
  }
}
