import { type Batch, makeBatch, type Positions } from '../data/batch.ts'
import { type EpochStep, epochSteps, microBatches, trainSteps } from '../data/epoch.ts'
import type { Example } from '../data/example.ts'
import type { MicroBatch } from './micro-batch.ts'
import type { Group } from './objective.ts'
import type { StepData } from './step.ts'

/** The source of each step's data: a pure function of (epoch, step in epoch), so a run can go on from anywhere. */
export interface StepSource {
  readonly stepsPerEpoch: number
  at(epoch: number, stepInEpoch: number): Promise<StepData>
}

/** The scores of the starting model that losses need. */
export interface ReferenceScores {
  /** `[answers]` log p of each example's answer tokens under the starting model, by group, where needed. */
  readonly tokens: Readonly<Partial<Record<Group, readonly Float32Array[]>>>
  /** Logits of a batch, where a loss needs them. */
  readonly distribution: ((batch: Batch) => Promise<Float32Array>) | null
  /** Activations, where a loss needs them. */
  readonly activations: ((batch: Batch) => Promise<Float32Array>) | null
}

/** The weights of tokens and examples, where not all take part to the same degree. */
export interface DataWeights {
  /** `[answers]` how much each answer token of each example takes part, by group. */
  readonly tokens: Readonly<Partial<Record<Group, readonly Float32Array[]>>>
  /** `[examples]` how much each example takes part, by group: 0 leaves it out. */
  readonly examples: Readonly<Partial<Record<Group, Float32Array>>>
}

/** Every token and example in full. */
export const wholeData: DataWeights = { tokens: {}, examples: {} }

/** Where the loss of each group looks, and the label of a row that predicts no answer token. */
export interface GroupPositions {
  readonly at: Readonly<Partial<Record<Group, Positions>>>
  readonly noLabel: number
}

interface SourceOptions {
  readonly batchSize: number
  /** Micro-batches per step. */
  readonly accumulate: number
  readonly seed: number
  readonly padToken: number
}

/** Steps of unlearning: forget items in epochs, each with one retain item drawn at random. */
export function unlearningSteps(
  options: SourceOptions & {
    forget: readonly Example[]
    retain: readonly Example[] | null
    /** The answers preferred to those of `forget`, one each, for losses that compare the two. */
    preferred?: readonly Example[] | null
    references: ReferenceScores
    selection?: DataWeights
    /** Gradients per group instead of one for both together. */
    separate: boolean
    /** Where the losses look, by group, if not at the answers alone. */
    positions?: GroupPositions
  },
): StepSource {
  const { forget, retain, preferred, batchSize, accumulate, seed, separate } = options
  const selection = options.selection ?? wholeData
  const kept = {
    forget: keptPlaces(forget.length, selection.examples.forget),
    retain: keptPlaces(retain?.length ?? 0, selection.examples.retain),
  }
  const sets = { forget, retain: retain ?? [], preferred: preferred ?? [] }
  const lengths = {
    forget: kept.forget.map((place) =>
      Math.max(forget[place].tokens.length, preferred?.[place].tokens.length ?? 0),
    ),
    retain: kept.retain.map((place) => sets.retain[place].tokens.length),
  }
  const build = microBatchBuilder(sets, { ...options, selection })
  const epochs = new EpochCache((epoch) =>
    epochSteps({
      forgetLengths: lengths.forget,
      retainLengths: retain ? lengths.retain : null,
      batchSize: batchSize * accumulate,
      seed,
      epoch,
    }),
  )
  const parts = (group: 'forget' | 'retain', items: Int32Array) =>
    items.length === 0
      ? []
      : microBatches(items, lengths[group], accumulate).map((part) =>
          part.map((item) => kept[group][item]),
        )
  const forgetting = (items: Int32Array) =>
    preferred ? { forget: items, preferred: items } : { forget: items }
  return {
    stepsPerEpoch: Math.ceil(kept.forget.length / (batchSize * accumulate)),
    async at(epoch, stepInEpoch) {
      const step: EpochStep = epochs.get(epoch)[stepInEpoch]
      const forgetParts = parts('forget', step.forget)
      const retainParts = parts('retain', step.retain)
      if (separate)
        return {
          forget: await Promise.all(forgetParts.map((items) => build(forgetting(items)))),
          retain: await Promise.all(retainParts.map((items) => build({ retain: items }))),
          together: [],
        }
      const together = forgetParts.map((items, i) =>
        build(
          retainParts[i] ? { ...forgetting(items), retain: retainParts[i] } : forgetting(items),
        ),
      )
      return { forget: [], retain: [], together: await Promise.all(together) }
    },
  }
}

/** Steps of ordinary training on one data set. */
export function trainingSteps(
  options: SourceOptions & { examples: readonly Example[] },
): StepSource {
  const { examples, batchSize, accumulate, seed } = options
  const lengths = Int32Array.from(examples, ({ tokens }) => tokens.length)
  const build = microBatchBuilder(
    { retain: examples },
    {
      ...options,
      references: { tokens: {}, distribution: null, activations: null },
      selection: wholeData,
    },
  )
  const epochs = new EpochCache((epoch) =>
    trainSteps({ lengths, batchSize: batchSize * accumulate, seed, epoch }),
  )
  return {
    stepsPerEpoch: Math.ceil(examples.length / (batchSize * accumulate)),
    async at(epoch, stepInEpoch) {
      const parts = microBatches(epochs.get(epoch)[stepInEpoch], lengths, accumulate)
      const together = await Promise.all(parts.map((items) => build({ retain: items })))
      return { forget: [], retain: [], together }
    },
  }
}

/** Keeps the list of the epoch in progress. */
class EpochCache<Step> {
  readonly #make: (epoch: number) => readonly Step[]
  #epoch = -1
  #steps: readonly Step[] = []

  constructor(make: (epoch: number) => readonly Step[]) {
    this.#make = make
  }

  get(epoch: number): readonly Step[] {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch
      this.#steps = this.#make(epoch)
    }
    return this.#steps
  }
}

/** Places of the examples that take part at all. */
function keptPlaces(count: number, weights: Float32Array | undefined): Int32Array {
  const all = Int32Array.from({ length: count }, (_, place) => place)
  return weights ? all.filter((place) => weights[place] > 0) : all
}

function microBatchBuilder(
  sets: Readonly<Partial<Record<Group, readonly Example[]>>>,
  options: {
    references: ReferenceScores
    selection: DataWeights
    padToken: number
    positions?: GroupPositions
  },
) {
  const { references, selection, padToken, positions } = options
  return async (items: Readonly<Record<Group, Int32Array>>): Promise<MicroBatch> => {
    const members = Object.entries(items).flatMap(([group, places]) =>
      Array.from(places, (place) => ({ group, place })),
    )
    const batch = makeBatch(
      members.map(({ group, place }) => (sets[group] as readonly Example[])[place]),
      padToken,
      positions && {
        at: members.map(({ group }) => positions.at[group] ?? 'answers'),
        noLabel: positions.noLabel,
      },
    )
    /** One number an answer token, of the examples in their order. */
    const perToken = (
      values: Readonly<Partial<Record<Group, readonly Float32Array[]>>>,
      otherwise: number,
    ): Float32Array => {
      const counts = new Int32Array(members.length)
      return Float32Array.from(batch.sequenceOf, (b) => {
        const { group, place } = members[b]
        return values[group]?.[place][counts[b]++] ?? otherwise
      })
    }
    return {
      batch,
      groups: members.map(({ group }) => group),
      ...(Object.keys(selection.tokens).length > 0
        ? { tokenWeights: perToken(selection.tokens, 1) }
        : {}),
      ...(Object.keys(selection.examples).length > 0
        ? {
            exampleWeights: Float32Array.from(
              members,
              ({ group, place }) => selection.examples[group]?.[place] ?? 1,
            ),
          }
        : {}),
      ...(Object.keys(references.tokens).length > 0
        ? { referenceLogProb: perToken(references.tokens, 0) }
        : {}),
      ...(references.distribution ? { referenceLogits: await references.distribution(batch) } : {}),
      ...(references.activations
        ? { referenceActivations: await references.activations(batch) }
        : {}),
    }
  }
}
