import { valuesFor } from '../engine/ports.ts'
import { addSigns } from '../random.ts'
import type { FlatTensors } from './flat.ts'
import type { RunnerOptions } from './gradient.ts'
import { countGroups, type MicroBatch, microFeeds, skipFirstTokens } from './micro-batch.ts'
import { buildObjective, type Group, lossOutput } from './objective.ts'

/** How far and along how many directions a step looks. */
export interface Look {
  readonly directions: number
  readonly smoothing: number
  readonly seed: number
  /** Of the optimiser, from 1: each step has directions of its own. */
  readonly step: number
}

/** Estimates gradients from losses at displaced weights. */
export interface ZerothOrderRunner {
  /**
   * As `GradientRunner.run`; losses are the means of those on either side. All groups of a step look along the same
   * directions, so that what a combiner makes of their estimates is the estimate of what it would make of them.
   */
  run(
    microBatches: readonly MicroBatch[],
    scales: Readonly<Record<Group, number>>,
    target: FlatTensors,
    look: Look,
  ): Promise<Record<Group, number>>
  dispose(): void
}

/** @param trained the weights that are displaced, and put back from a copy */
export async function createZerothOrderRunner(
  options: RunnerOptions & { trained: Float32Array },
): Promise<ZerothOrderRunner> {
  const { engine, model, losses, values, feeds, trained } = options
  const groups = Object.keys(losses)
  const { outputs } = buildObjective(model, options.weights, losses, [])
  const program = await engine.compile(
    Object.fromEntries(groups.map((group) => [lossOutput(group), outputs[lossOutput(group)]])),
  )
  const wanted = new Set(program.inputs.map(({ name }) => name))
  const weightFeeds = valuesFor(program, values)
  const kept = new Float32Array(trained.length)

  const lossesOf = async (microBatches: readonly MicroBatch[]) => {
    const counts = countGroups(microBatches)
    const totals = Object.fromEntries(groups.map((group) => [group, 0]))
    for (const micro of microBatches) {
      const given = microFeeds(micro, { groups, counts, scales: {}, wanted, model })
      const results = Object.fromEntries(
        groups.map((group) => [lossOutput(group), new Float32Array(1)]),
      )
      await program.run({ ...weightFeeds, ...feeds.batch(micro.batch), ...given }, results)
      for (const group of groups) totals[group] += results[lossOutput(group)][0]
    }
    return totals
  }

  return {
    async run(given, scales, target, { directions, smoothing, seed, step }) {
      const microBatches = skipFirstTokens(given, losses)
      const means: Record<Group, number> = {}
      target.data.fill(0)
      kept.set(trained)
      try {
        for (let i = 0; i < directions; i++) {
          const stream = ['direction', step, i]
          const at = async (side: number) => {
            trained.set(kept)
            addSigns(trained, side * smoothing, seed, stream)
            return lossesOf(microBatches)
          }
          const [above, below] = [await at(1), await at(-1)]
          let slope = 0
          for (const [group, scale] of Object.entries(scales)) {
            slope += (scale * (above[group] - below[group])) / (2 * smoothing)
            means[group] = (means[group] ?? 0) + (above[group] + below[group]) / (2 * directions)
          }
          addSigns(target.data, slope / directions, seed, stream)
        }
      } finally {
        trained.set(kept)
      }
      return means
    },
    dispose: () => program.dispose(),
  }
}
