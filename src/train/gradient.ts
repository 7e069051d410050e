import type { Batch } from '../data/batch.ts'
import type { Engine, Program, Tensor, TypedArray } from '../engine/engine.ts'
import { valuesFor } from '../engine/ports.ts'
import { bindShape } from '../graph/shape.ts'
import type { LanguageModel, Weights } from '../model/model.ts'
import { membership, partners, type SequenceFeeds } from './feeds.ts'
import type { FlatTensors } from './flat.ts'
import {
  buildObjective,
  type Group,
  type GroupLoss,
  gradientOutput,
  lossOutput,
  type Objective,
} from './objective.ts'
import { Scratch } from './scratch.ts'

/** One piece of a step's data: a batch, and which group each of its sequences belongs to. */
export interface MicroBatch {
  readonly batch: Batch
  /** `[batch]` */
  readonly groups: readonly Group[]
  /** `[answers]` how much each answer token takes part, 0 for not at all; all 1 where left out */
  readonly tokenWeights?: Float32Array
  /** `[batch]` how much each sequence takes part, 1 on average over its data set; all 1 where left out */
  readonly exampleWeights?: Float32Array
  /** `[answers]` nats under the starting model, where a loss needs it */
  readonly referenceLogProb?: Float32Array
  /** `[answers, vocab]` nats under the starting model, where a loss needs it */
  readonly referenceLogProbs?: Float32Array
  /** `[answers, dim]` of the starting model at the layer that is read, where a loss needs it */
  readonly referenceActivations?: Float32Array
}

/** What the losses of a step are divided by, over all its micro-batches, per group. */
export interface StepCounts {
  /** Sum of the weights of its answer tokens: their number, where all take part. */
  readonly tokens: number
  readonly sequences: number
}

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

export async function createGradientRunner(options: {
  engine: Engine
  model: LanguageModel
  weights: Weights & Parameters<typeof buildObjective>[1]
  losses: Readonly<Record<Group, GroupLoss>>
  trainable: readonly string[]
  /** Current values of every weight and adapter matrix, by name. */
  values: ReadonlyMap<string, Tensor>
  feeds: SequenceFeeds
}): Promise<GradientRunner> {
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
    const given: Record<string, Tensor> = {
      ...weightFeeds,
      ...feeds.batch(micro.batch),
      ...(wanted.has('membership')
        ? { membership: membership(micro.batch, micro.tokenWeights) }
        : {}),
      ...(wanted.has('partner') ? { partner: partners(micro.groups) } : {}),
      ...(wanted.has('referenceLogProb') ? { referenceLogProb: startingLogProb(micro) } : {}),
      ...(wanted.has('referenceActivations')
        ? { referenceActivations: startingActivations(micro, model.dim) }
        : {}),
      ...(wanted.has('preferred tokenWeight')
        ? { 'preferred tokenWeight': tokenWeight(micro, 'preferred', counts) }
        : {}),
    }
    for (const group of groups)
      Object.assign(
        given,
        groupFeeds(micro, group, counts, scales[group] ?? 0, wanted, model.vocab),
      )
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
    async run(microBatches, scales, target, scratch) {
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

function countGroups(microBatches: readonly MicroBatch[]): Map<Group, StepCounts> {
  const counts = new Map<Group, { tokens: number; sequences: number }>()
  const of = (group: Group) => {
    const known = counts.get(group) ?? { tokens: 0, sequences: 0 }
    counts.set(group, known)
    return known
  }
  for (const { batch, groups, tokenWeights } of microBatches) {
    for (const group of groups) of(group).sequences++
    for (const [i, sequence] of batch.sequenceOf.entries())
      of(groups[sequence]).tokens += tokenWeights?.[i] ?? 1
  }
  return counts
}

/** Zeros where nobody gave any, which is for trying out a step. */
function startingLogProb({ batch, referenceLogProb }: MicroBatch): Tensor {
  const answers = batch.rows.length
  return { data: referenceLogProb ?? new Float32Array(answers), shape: [answers] }
}

/** As above. */
function startingActivations({ batch, referenceActivations }: MicroBatch, dim: number): Tensor {
  const shape = [batch.rows.length, dim]
  return { data: referenceActivations ?? new Float32Array(shape[0] * dim), shape }
}

/** `[answers]` 1/N at the tokens of a group, times what each takes part. */
function tokenWeight(
  { batch, groups, tokenWeights, exampleWeights }: MicroBatch,
  group: Group,
  counts: ReadonlyMap<Group, StepCounts>,
): Tensor {
  const weight = 1 / (counts.get(group)?.tokens || 1)
  return {
    data: Float32Array.from(batch.sequenceOf, (b, i) =>
      groups[b] === group ? weight * (tokenWeights?.[i] ?? 1) * (exampleWeights?.[b] ?? 1) : 0,
    ),
    shape: [batch.rows.length],
  }
}

function groupFeeds(
  micro: MicroBatch,
  group: Group,
  counts: ReadonlyMap<Group, StepCounts>,
  scale: number,
  wanted: ReadonlySet<string>,
  vocab: number,
): Record<string, Tensor> {
  const { batch, groups, exampleWeights, referenceLogProbs } = micro
  const { sequences } = counts.get(group) ?? { sequences: 1 }
  const answers = batch.rows.length
  const feeds: Record<string, Tensor> = {
    [`${group} scale`]: { data: Float32Array.of(scale), shape: [] },
    [`${group} tokenWeight`]: tokenWeight(micro, group, counts),
    [`${group} sequenceWeight`]: {
      data: Float32Array.from(groups, (own, b) =>
        own === group ? (exampleWeights?.[b] ?? 1) / sequences : 0,
      ),
      shape: [batch.batch],
    },
  }
  const full = `${group} referenceLogProbs`
  if (wanted.has(full))
    feeds[full] = {
      data: referenceLogProbs ?? new Float32Array(answers * vocab),
      shape: [answers, vocab],
    }
  return feeds
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
