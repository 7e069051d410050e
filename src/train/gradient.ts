import type { Batch } from '../data/batch.ts'
import type { DeviceBuffer, Engine, Program, Tensor, TypedArray } from '../engine/engine.ts'
import { valuesFor } from '../engine/ports.ts'
import { bindShape } from '../graph/index.ts'
import { sizeOf } from '../graph/shape.ts'
import type { LanguageModel, Weights } from '../model/model.ts'
import type { BatchInputs } from './batch-inputs.ts'
import type { FlatTensors } from './flat.ts'
import {
  countGroups,
  type MicroBatch,
  microInputs,
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

/** Computes gradients of a model's losses, straight into flat buffers that the caller owns. */
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

/** The model, losses and weights that gradients are computed of. */
export interface RunnerOptions {
  engine: Engine
  model: LanguageModel
  weights: Weights & Parameters<typeof buildObjective>[1]
  losses: Readonly<Record<Group, GroupLoss>>
  trainable: readonly string[]
  /** Current values of every weight and adapter matrix, by name. */
  values: ReadonlyMap<string, Tensor>
  inputs: BatchInputs
}

export async function createGradientRunner(options: RunnerOptions): Promise<GradientRunner> {
  const { engine, model, losses, trainable, values, inputs } = options
  const objective = buildObjective(model, options.weights, losses, trainable)
  const program = await engine.compile(objective.outputs)
  const wanted = new Set(program.inputs.map(({ name }) => name))
  const weightInputs = valuesFor(program, values)
  const { memory } = engine
  const rowBuffers = new Scratch(memory)
  const groups = Object.keys(losses)
  const lossValues = Object.fromEntries(
    groups.map((group) => [lossOutput(group), new Float32Array(1)]),
  )

  const once = async (
    micro: MicroBatch,
    counts: ReadonlyMap<Group, StepCounts>,
    scales: Readonly<Record<Group, number>>,
    into: FlatTensors,
  ): Promise<void> => {
    const given = {
      ...weightInputs,
      ...inputs.batch(micro.batch),
      ...microInputs(micro, { groups, counts, scales, wanted, model }),
    }
    const results: Record<string, TypedArray | DeviceBuffer> = {
      ...gradientBuffers(program, micro.batch, into, rowBuffers),
      ...lossValues,
    }
    await program.run(given, results)
    for (const [name, view] of into.views)
      if (!objective.dense.has(name)) await memory.fill(view, 0)
    for (const { parameter, indices, values: rows } of objective.rows)
      await memory.addRows(
        into.views.get(parameter) as DeviceBuffer,
        results[indices] as DeviceBuffer,
        results[rows] as DeviceBuffer,
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
        if (index > 0) await memory.add(target.data, into.data)
        for (const group of groups) {
          const [value] = lossValues[lossOutput(group)]
          if (group in scales) totals[group] = (totals[group] ?? 0) + value
        }
      }
      return totals
    },
    dispose() {
      program.dispose()
      rowBuffers.free()
    },
  }
}

/** Gradients go straight into the flat buffer, their rows into buffers that are used again. */
function gradientBuffers(
  program: Program,
  batch: Batch,
  into: FlatTensors,
  rowBuffers: Scratch,
): Record<string, DeviceBuffer> {
  const bindings = new Map([
    ['batch', batch.batch],
    ['seq', batch.seq],
    ['answers', batch.rows.length],
  ])
  const views = new Map([...into.views].map(([name, view]) => [gradientOutput(name), view]))
  return Object.fromEntries(
    program.outputs.map(({ name, shape, dtype }) => {
      const rows = () =>
        rowBuffers.buffer(name, sizeOf(bindShape(shape, bindings)), dtype === 'i32' ? 'i32' : 'f32')
      return [name, views.get(name) ?? rows()]
    }),
  )
}
