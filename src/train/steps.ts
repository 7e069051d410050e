import {
  type Batch,
  type EpochStep,
  type Example,
  epochSteps,
  makeBatch,
  microBatches,
  trainSteps,
} from '../data/index.ts'
import type { MicroBatch } from './gradient.ts'
import type { StepData } from './learner.ts'
import type { Group } from './objective.ts'

/** What each step of a run is made of: a pure function of (epoch, step in epoch), so a run can go on from anywhere. */
export interface StepSource {
  readonly stepsPerEpoch: number
  at(epoch: number, stepInEpoch: number): Promise<StepData>
}

/** What losses need to know of the starting model. */
export interface ReferenceScores {
  /** Σ log p of each example's answer under the starting model, by group, where needed. */
  readonly sequence: Readonly<Partial<Record<Group, Float32Array>>>
  /** Full distributions, where a loss needs them. */
  readonly distribution: ((batch: Batch) => Promise<Float32Array>) | null
  /** Activations, where a loss needs them. */
  readonly activations: ((batch: Batch) => Promise<Float32Array>) | null
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
    /** Gradients per group instead of one for both together. */
    separate: boolean
  },
): StepSource {
  const { forget, retain, preferred, batchSize, accumulate, seed, separate } = options
  const sets = { forget, retain: retain ?? [], preferred: preferred ?? [] }
  const lengths = {
    forget: Int32Array.from(sets.forget, ({ tokens }, i) =>
      Math.max(tokens.length, preferred?.[i].tokens.length ?? 0),
    ),
    retain: Int32Array.from(sets.retain, ({ tokens }) => tokens.length),
  }
  const build = microBatchBuilder(sets, options)
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
    items.length === 0 ? [] : microBatches(items, lengths[group], accumulate)
  const forgetting = (items: Int32Array) =>
    preferred ? { forget: items, preferred: items } : { forget: items }
  return {
    stepsPerEpoch: Math.ceil(forget.length / (batchSize * accumulate)),
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
    { ...options, references: { sequence: {}, distribution: null, activations: null } },
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

function microBatchBuilder(
  sets: Readonly<Partial<Record<Group, readonly Example[]>>>,
  { references, padToken }: { references: ReferenceScores; padToken: number },
) {
  return async (items: Readonly<Record<Group, Int32Array>>): Promise<MicroBatch> => {
    const members = Object.entries(items).flatMap(([group, places]) =>
      Array.from(places, (place) => ({ group, place })),
    )
    const batch = makeBatch(
      members.map(({ group, place }) => (sets[group] as readonly Example[])[place]),
      padToken,
    )
    return {
      batch,
      groups: members.map(({ group }) => group),
      ...(Object.keys(references.sequence).length > 0
        ? {
            referenceSequenceLogProb: Float32Array.from(
              members,
              ({ group, place }) => references.sequence[group]?.[place] ?? 0,
            ),
          }
        : {}),
      ...(references.distribution
        ? { referenceLogProbs: await references.distribution(batch) }
        : {}),
      ...(references.activations
        ? { referenceActivations: await references.activations(batch) }
        : {}),
    }
  }
}
