import { makeBatch } from '../../data/batch.ts'
import { lengthBatches } from '../../data/length-batches.ts'
import { peakIntermediateBytes } from '../../graph/live-memory.ts'
import { sizeOf } from '../../graph/shape.ts'
import { graphWeights } from '../../model/weights.ts'
import { crossEntropy } from '../../parts/loss/cross-entropy.ts'
import { alignedSize } from '../../train/flat.ts'
import { buildObjective } from '../../train/objective.ts'
import type { OpenedModel } from '../../train/session.ts'
import type { TrainableSet } from '../../train/trainable-set.ts'
import type { RunData } from '../run-data.ts'
import { fisherTokensPerBatch } from '../start-adapters.ts'

/** The memory that beginning an adapter takes. */
export interface StartMemory {
  /** Beside what training takes: what its beginning declares, and Fisher informations where it needs them. */
  readonly startBytes: number
  /** Of the pass that gives gradients for them. */
  readonly intermediateBytes: number
  /** Its tensors at the start, kept and stored with each state. */
  readonly keptBytes: number
}

/** Nothing where the adapter begins by its seed alone, or there is none. */
export function startMemory(
  opened: OpenedModel,
  data: RunData,
  { adapter, layout }: TrainableSet,
): StartMemory {
  if (!adapter?.start) return { startBytes: 0, intermediateBytes: 0, keptBytes: 0 }
  const { weights, start } = adapter
  const sizes = weights.map((name) => sizeOf(opened.model.parameters.get(name) ?? []))
  const changed = sizes.reduce((total, size) => total + alignedSize(size), 0)
  // Two informations and a gradient.
  const fisherBytes = start.needs.fisher ? 3 * 4 * changed : 0
  return {
    startBytes: fisherBytes + start.workBytes(sizes),
    intermediateBytes: start.needs.fisher ? backwardBytes(opened, data, weights) : 0,
    keptBytes: 4 * layout.size,
  }
}

/** The most that a backward pass for these weights takes over any batch of the two sets. */
function backwardBytes(
  { model, tokenizer }: OpenedModel,
  data: RunData,
  weights: readonly string[],
): number {
  const losses = { own: { loss: crossEntropy, knobs: {} } }
  const { outputs } = buildObjective(model, graphWeights(model), losses, weights)
  const bytes = [data.forget, data.retain ?? []].flatMap((examples) =>
    lengthBatches(examples, fisherTokensPerBatch).map((places) => {
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
  return Math.max(...bytes)
}
