import { valuesFor } from '../engine/ports.ts'
import type { RunnerOptions } from './gradient.ts'
import { countGroups, type MicroBatch, microInputs, skipFirstTokens } from './micro-batch.ts'
import { buildObjective, type Group, lossOutput } from './objective.ts'

/** Losses without gradients: one forward pass. */
export interface LossRunner {
  /** Each group's loss over all micro-batches of a step, at the weights as they are now. */
  losses(microBatches: readonly MicroBatch[]): Promise<Record<Group, number>>
  dispose(): void
}

export async function createLossRunner(options: RunnerOptions): Promise<LossRunner> {
  const { engine, model, losses, values, inputs } = options
  const groups = Object.keys(losses)
  const { outputs } = buildObjective(model, options.weights, losses, [])
  const program = await engine.compile(
    Object.fromEntries(groups.map((group) => [lossOutput(group), outputs[lossOutput(group)]])),
  )
  const wanted = new Set(program.inputs.map(({ name }) => name))
  const weightInputs = valuesFor(program, values)
  return {
    async losses(given) {
      const microBatches = skipFirstTokens(given, losses)
      const counts = countGroups(microBatches)
      const totals = Object.fromEntries(groups.map((group) => [group, 0]))
      for (const micro of microBatches) {
        const feed = microInputs(micro, { groups, counts, scales: {}, wanted, model })
        const results = Object.fromEntries(
          groups.map((group) => [lossOutput(group), new Float32Array(1)]),
        )
        await program.run({ ...weightInputs, ...inputs.batch(micro.batch), ...feed }, results)
        for (const group of groups) totals[group] += results[lossOutput(group)][0]
      }
      return totals
    },
    dispose: () => program.dispose(),
  }
}
