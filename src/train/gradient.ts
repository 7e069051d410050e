import type { Batch } from '../data/batch.ts'
import type { Engine, Program, Tensor, TypedArray } from '../engine/engine.ts'
import { valuesFor } from '../engine/ports.ts'
import { bindShape } from '../graph/index.ts'
import type { LanguageModel, Weights } from '../model/model.ts'
import type { SequenceFeeds } from './feeds.ts'
import type { FlatTensors } from './flat.ts'
import {
  countGroups,
  type MicroBatch,
  microFeeds,
  type StepCounts,
  skipFirstTokens,
} from './micro-batch.ts'
import {
  buildObjective,
  type Group,
  type GroupLoss,
  gradientOutput,
  lossOutput,
  type Objective,
} from './objective.ts'
import { Scratch } from './scratch.ts'

/** Computes gradients of a model's losses, zero-copy into flat arrays the caller owns. */
export interface GradientRunner {
  readonly objective: Objective
  /**
   * `Σ_group scale_group · ∂loss_group/∂w` over micro-batches, complete: a plain sum, because the weights already
   * divide by the counts of the whole step.
   *
   * @param target overwritten
   * @param scratch used from the second micro-batch on
   * @returns each scaled group's loss
   */
  run(
    microBatches: readonly MicroBatch[],
    scales: Readonly<Record<Group, number>>,
    target: FlatTensors,
    scratch: () => FlatTensors,
  ): Promise<Record<Group, number>>
  dispose(): void
}

/** What gradients and losses are computed of. */
export interface RunnerOptions {
  engine: Engine
  model: LanguageModel
  weights: Weights & Parameters<typeof buildObjective>[1]
  losses: Readonly<Record<Group, GroupLoss>>
  trainable: readonly string[]
  /** Current values of every weight and adapter matrix, by name. */
  values: ReadonlyMap<string, Tensor>
  feeds: SequenceFeeds
}

export async function createGradientRunner(options: RunnerOptions): Promise<GradientRunner> {
  const { engine, model, losses, trainable, values, feeds } = options
  const objective = buildObjective(model, options.weights, losses, trainable)
  const program = await engine.compile(objective.outputs)
  const wanted = new Set(program.inputs.map(({ name }) => name))
  const weightFeeds = valuesFor(program, values)
  const arrays = new Scratch()
  const groups = Object.keys(losses)

  const once = async (
    micro: MicroBatch,
    counts: ReadonlyMap<Group, StepCounts>,
    scales: Readonly<Record<Group, number>>,
    into: FlatTensors,
  ): Promise<void> => {
    const given = {
      ...weightFeeds,
      ...feeds.batch(micro.batch),
      ...microFeeds(micro, { groups, counts, scales, wanted, model }),
    }
    const results = resultArrays(program, micro.batch, into, arrays)
    await program.run(given, results)
    for (const [name, view] of into.views) if (!objective.dense.has(name)) view.fill(0)
    for (const { parameter, indices, values: rows } of objective.rows)
      addRows(
        into.views.get(parameter) as Float32Array,
        results[indices] as Int32Array,
        results[rows] as Float32Array,
      )
  }

  return {
    objective,
    async run(given, scales, target, scratch) {
      const microBatches = skipFirstTokens(given, losses)
      const counts = countGroups(microBatches)
      const totals: Record<Group, number> = {}
      for (const [index, micro] of microBatches.entries()) {
        const into = index === 0 ? target : scratch()
        await once(micro, counts, scales, into)
        if (index > 0) addInPlace(target.data, into.data)
        for (const group of groups) {
          const [value] = arrays.floats(lossOutput(group), 1)
          if (group in scales) totals[group] = (totals[group] ?? 0) + value
        }
      }
      return totals
    },
    dispose: () => program.dispose(),
  }
}

/** Gradients go straight into the flat array; everything else into arrays used again. */
function resultArrays(
  program: Program,
  batch: Batch,
  into: FlatTensors,
  arrays: Scratch,
): Record<string, TypedArray> {
  const bindings = new Map([
    ['batch', batch.batch],
    ['seq', batch.seq],
    ['answers', batch.rows.length],
  ])
  const views = new Map([...into.views].map(([name, view]) => [gradientOutput(name), view]))
  return Object.fromEntries(
    program.outputs.map(({ name, shape, dtype }) => {
      const length = bindShape(shape, bindings).reduce((product, dim) => product * dim, 1)
      const array =
        views.get(name) ??
        (dtype === 'i32' ? arrays.integers(name, length) : arrays.floats(name, length))
      return [name, array]
    }),
  )
}

/** `target[indices[n], :] += values[n, :]`. */
function addRows(target: Float32Array, indices: Int32Array, values: Float32Array): void {
  const width = values.length / indices.length
  for (let n = 0; n < indices.length; n++) {
    const to = indices[n] * width
    const from = n * width
    for (let i = 0; i < width; i++) target[to + i] += values[from + i]
  }
}

function addInPlace(target: Float32Array, values: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i] += values[i]
}
