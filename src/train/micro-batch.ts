import type { Batch } from '../data/batch.ts'
import type { Tensor } from '../engine/engine.ts'
import type { LanguageModel } from '../model/model.ts'
import { membership, partners } from './batch-inputs.ts'
import type { Group, GroupLoss } from './objective.ts'

/** A micro-batch, a piece of a step's data: a batch, and which group each of its sequences belongs to. */
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
  /** `[answers, vocab]` logits of the starting model, where a loss needs them */
  readonly referenceLogits?: Float32Array
  /** `[answers, dim]` of the starting model at the layer that is read, where a loss needs it */
  readonly referenceActivations?: Float32Array
}

/** The counts that the losses of a step are divided by, over all its micro-batches, per group. */
export interface StepCounts {
  /** Sum of the weights of its answer tokens: their number, where all take part. */
  readonly tokens: number
  readonly sequences: number
}

/** Makes the inputs of a micro-batch but its tokens and the model's weights, as far as a program wants it. */
export function microInputs(
  micro: MicroBatch,
  options: {
    groups: readonly Group[]
    counts: ReadonlyMap<Group, StepCounts>
    scales: Readonly<Record<Group, number>>
    wanted: ReadonlySet<string>
    model: LanguageModel
  },
): Record<string, Tensor> {
  const { groups, counts, scales, wanted, model } = options
  const { batch, tokenWeights } = micro
  const rows = batch.rows.length
  const makers: Record<string, () => Tensor> = {
    membership: () => membership(batch, tokenWeights),
    partner: () => partners(micro.groups),
    'preferred tokenWeight': () => tokenWeight(micro, 'preferred', counts),
    // Zeros where nobody gave any, which is for trying out a step.
    referenceLogProb: () => vector(micro.referenceLogProb ?? new Float32Array(rows)),
    referenceLogits: () => matrix(rows, model.vocab, micro.referenceLogits),
    referenceActivations: () => matrix(rows, model.dim, micro.referenceActivations),
  }
  const given = Object.entries(makers)
    .filter(([name]) => wanted.has(name))
    .map(([name, make]) => [name, make()])
  const ofGroups = groups.flatMap((group): [string, Tensor][] => [
    [`${group} scale`, { data: Float32Array.of(scales[group] ?? 0), shape: [] }],
    [`${group} tokenWeight`, tokenWeight(micro, group, counts)],
    [`${group} sequenceWeight`, sequenceWeight(micro, group, counts)],
  ])
  return Object.fromEntries([...given, ...ofGroups])
}

/** Counts what each group's losses are divided by. */
export function countGroups(microBatches: readonly MicroBatch[]): Map<Group, StepCounts> {
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

/** `[batch]` 1/B at the sequences of a group, times what each takes part. */
function sequenceWeight(
  { groups, exampleWeights }: MicroBatch,
  group: Group,
  counts: ReadonlyMap<Group, StepCounts>,
): Tensor {
  const { sequences } = counts.get(group) ?? { sequences: 1 }
  return vector(
    Float32Array.from(groups, (own, b) =>
      own === group ? (exampleWeights?.[b] ?? 1) / sequences : 0,
    ),
  )
}

/** The same micro-batches with the tokens left out that a group's loss skips at the start of each answer. */
export function skipFirstTokens(
  microBatches: readonly MicroBatch[],
  losses: Readonly<Record<Group, GroupLoss>>,
): readonly MicroBatch[] {
  const skips = Object.entries(losses).flatMap(([group, { loss, knobs }]): [string, number][] => {
    const skipped = loss.skippedTokens?.(knobs) ?? 0
    return skipped > 0 ? [[group, skipped]] : []
  })
  if (skips.length === 0) return microBatches
  const skippedBy = new Map(skips)
  return microBatches.map((micro) => {
    const place = answerPlaces(micro.batch)
    const tokenWeights = Float32Array.from(micro.batch.sequenceOf, (b, i) =>
      place[i] < (skippedBy.get(micro.groups[b]) ?? 0) ? 0 : (micro.tokenWeights?.[i] ?? 1),
    )
    return { ...micro, tokenWeights }
  })
}

/** `[answers]` the place of each answer token among those of its sequence, from 0. */
function answerPlaces({ sequenceOf }: Batch): Int32Array {
  let first = 0
  return Int32Array.from(sequenceOf, (b, i) => {
    if (i > 0 && sequenceOf[i - 1] !== b) first = i
    return i - first
  })
}

function vector(data: Float32Array): Tensor {
  return { data, shape: [data.length] }
}

function matrix(rows: number, width: number, data?: Float32Array): Tensor {
  return { data: data ?? new Float32Array(rows * width), shape: [rows, width] }
}
