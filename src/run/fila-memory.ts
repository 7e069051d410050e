import { makeBatch } from '../data/batch.ts'
import { peakIntermediateBytes } from '../graph/live-memory.ts'
import { sizeOf } from '../graph/shape.ts'
import { graphWeights } from '../model/weights.ts'
import { crossEntropy } from '../parts/loss/cross-entropy.ts'
import type { Recipe } from '../recipe/schema.ts'
import { alignedSize } from '../train/flat.ts'
import { buildObjective } from '../train/objective.ts'
import { lengthBatches } from '../train/scorer.ts'
import type { OpenedModel } from '../train/session.ts'
import type { TrainableSet } from '../train/trainable.ts'
import { filaTokensPerBatch } from './fila.ts'
import type { RunData } from './run-data.ts'

/** What decompositions leave until it is collected, as measured: with it a run of the demo took 94 to 100 % of its plan. */
const garbageBytes = 64 * 2 ** 20

/** What it takes to begin adapters by FILA. */
export interface FilaMemory {
  /** Beside what training takes: two Fisher informations, a gradient, one matrix in float64, and garbage. */
  readonly startBytes: number
  /** Of the pass that gives the gradients. */
  readonly intermediateBytes: number
  /** Adapters at the start, kept and stored with each state. */
  readonly keptBytes: number
}

/** Nothing where the recipe does not begin its adapters by FILA. */
export function filaMemory(
  recipe: Recipe,
  { model, tokenizer }: OpenedModel,
  data: RunData,
  { lora, layout }: TrainableSet,
): FilaMemory {
  const { parameters } = recipe.train
  const wanted = typeof parameters === 'object' && 'lora' in parameters && parameters.lora.init
  if (!lora || wanted !== 'fila') return { startBytes: 0, intermediateBytes: 0, keptBytes: 0 }
  const names = lora.targets.map((target) => `${target}.weight`)
  const sizes = names.map((name) => sizeOf(model.parameters.get(name) ?? []))
  const { outputs } = buildObjective(
    model,
    graphWeights(model),
    { own: { loss: crossEntropy, knobs: {} } },
    names,
  )
  const intermediate = [data.forget, data.retain ?? []].flatMap((examples) =>
    lengthBatches(examples, filaTokensPerBatch).map((places) => {
      const batch = makeBatch(
        places.map((place) => examples[place]),
        tokenizer.padToken,
      )
      return peakIntermediateBytes(
        Object.values(outputs),
        new Map([
          ['batch', batch.batch],
          ['seq', batch.seq],
          ['answers', batch.rows.length],
          ['positions', batch.seq],
        ]),
      )
    }),
  )
  const adapted = sizes.reduce((total, size) => total + alignedSize(size), 0)
  return {
    startBytes: 3 * 4 * adapted + 8 * Math.max(...sizes) + garbageBytes,
    intermediateBytes: Math.max(...intermediate),
    keptBytes: 4 * layout.size,
  }
}
