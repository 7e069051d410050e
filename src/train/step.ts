import type { DeviceBuffer } from '../engine/memory.ts'
import type { Combiner, CombinerState } from '../parts/combine/combiner.ts'
import type { SelectorState } from '../parts/select/selector.ts'
import type { FlatTensors } from './flat.ts'
import type { GroupRateState } from './group-rates.ts'
import type { MicroBatch } from './micro-batch.ts'
import type { Group } from './objective.ts'
import type { Updater } from './update.ts'
import type { WeightStore } from './weight-store.ts'

/** The micro-batches of one step, by group; pretraining has only `retain`: text to learn. */
export interface StepData {
  readonly forget: readonly MicroBatch[]
  readonly retain: readonly MicroBatch[]
  /** Micro-batches of both groups at once; used in place of the two above by a fused step. */
  readonly together: readonly MicroBatch[]
}

/** Positions that go through the model in a step, padding included. */
export function positionsOf({ forget, retain, together }: StepData): number {
  return [...forget, ...retain, ...together].reduce(
    (total, { batch }) => total + batch.batch * batch.seq,
    0,
  )
}

/** The result of one step. Nothing was changed where `finite` is false. */
export interface StepResult {
  readonly finite: boolean
  /** In the unit of each loss, nats per token for most; null for a group that the method has not. */
  readonly losses: { readonly forget: number | null; readonly retain: number | null }
  /** L2 norms over all trained weights; null for the groups of a fused step, which has one gradient. */
  readonly gradientNorms: {
    readonly forget: number | null
    readonly retain: number | null
    /** Norm of the direction before clipping. */
    readonly update: number
  }
  /** Cosine of the angle between the two gradients; null where there is one. */
  readonly cosine: number | null
}

/** The moment of a step: its number, learning rate and what it begins from. */
export interface StepMoment {
  /** Counts from 1. */
  readonly step: number
  /** All factors included. */
  readonly learningRate: number
  readonly combinerState: CombinerState
}

/** A step of optimisation: changes weights and optimiser state, and returns what the combiner is to remember. */
export type Step = (
  data: StepData,
  moment: StepMoment,
) => Promise<{ readonly result: StepResult; readonly combinerState: CombinerState }>

/**
 * Writes `Σ_group scale_group · ∂loss_group/∂w` over the micro-batches into `target`, at the weights as they are.
 *
 * @returns the loss of each scaled group
 */
export type WriteGradient = (
  microBatches: readonly MicroBatch[],
  scales: Readonly<Record<Group, number>>,
  target: FlatTensors,
  step: number,
) => Promise<Record<Group, number>>

/** The parts that both kinds of step are made of. */
export interface StepParts {
  readonly writeGradient: WriteGradient
  readonly combiner: Combiner
  readonly combinerKnobs: Readonly<Record<string, unknown>>
  /** Largest norm of the direction; null: no limit. */
  readonly clipNorm: number | null
  readonly updater: Pick<Updater, 'step'>
}

/** Holds everything a step changes: weights, optimiser slots, the memories of combiner, selectors and rates. */
export interface Learner {
  readonly store: WeightStore
  /** State of the optimiser, and buffers that the combiner keeps. */
  readonly slots: ReadonlyMap<string, DeviceBuffer>
  combinerState: CombinerState
  /** What selectors of tokens remember, by group. */
  selectorStates: Readonly<Record<string, SelectorState>>
  /** Factor of the scheduled learning rate, 1 unless it adapts. */
  rateFactor: number
  /** Rates of groups of weights; null where all have one. */
  groupRates: GroupRateState | null
  /** The combiner needs one gradient per group, not one of their weighted sum. */
  readonly separate: boolean
  /**
   * One optimiser step.
   *
   * @param learningRate as scheduled, before `rateFactor`
   * @param step         counts from 1
   */
  step(data: StepData, learningRate: number, step: number): Promise<StepResult>
  dispose(): void
}
