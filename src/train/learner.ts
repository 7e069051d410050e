import type { Engine } from '../engine/engine.ts'
import type { LanguageModel } from '../model/model.ts'
import { graphWeights } from '../model/weights.ts'
import type { Combiner, CombinerState } from '../parts/combine/combiner.ts'
import { directionNorm } from '../parts/combine/direction.ts'
import { gradientsOf } from '../parts/combine/gradients-of.ts'
import { type Gram, gradientCosine, gramOf, squaredNorm } from '../parts/combine/gram.ts'
import { sharpness } from '../parts/combine/sharpness.ts'
import type { GradientEstimator } from '../parts/estimate/estimator.ts'
import { exact } from '../parts/estimate/exact.ts'
import { clipFactor } from '../parts/optim/clip.ts'
import type { Optimizer } from '../parts/optim/optimizer.ts'
import type { SelectorState } from '../parts/select/selector.ts'
import type { SequenceFeeds } from './feeds.ts'
import { createGradientField } from './field.ts'
import { type ChosenEstimator, createGradientFinder } from './finder.ts'
import { type FlatTensors, flatTensors } from './flat.ts'
import type { GradientRunner } from './gradient.ts'
import type { GroupRateState, WeightGroup } from './group-rates.ts'
import { hiddenMatrices } from './hidden-matrices.ts'
import type { MicroBatch } from './micro-batch.ts'
import type { GroupLoss } from './objective.ts'
import { type ChosenSelector, createTokenChooser } from './token-choice.ts'
import type { WeightStore } from './trainable.ts'
import { createUpdater } from './update.ts'
import { createUpdateLooks } from './update-looks.ts'

/** The two groups of unlearning; pretraining has only `retain`: text to learn. */
export interface StepData {
  readonly forget: readonly MicroBatch[]
  readonly retain: readonly MicroBatch[]
  /** Micro-batches of both groups at once; used in place of the two above by a fused combiner. */
  readonly together: readonly MicroBatch[]
}

/** Positions that go through the model in a step, padding included. */
export function positionsOf({ forget, retain, together }: StepData): number {
  return [...forget, ...retain, ...together].reduce(
    (total, { batch }) => total + batch.batch * batch.seq,
    0,
  )
}

/** What happened in one step. Nothing was changed where `finite` is false. */
export interface StepResult {
  readonly finite: boolean
  readonly losses: { readonly forget: number | null; readonly retain: number | null }
  readonly gradientNorms: {
    readonly forget: number | null
    readonly retain: number | null
    /** Norm of the direction before clipping. */
    readonly update: number
  }
  readonly cosine: number | null
}

/** Holds everything a step changes: weights, optimiser slots, the combiner's memory. */
export interface Learner {
  readonly store: WeightStore
  /** State of the optimiser, and arrays that the combiner keeps. */
  readonly slots: ReadonlyMap<string, Float32Array>
  combinerState: CombinerState
  /** What selectors of tokens remember, by group. */
  selectorStates: Readonly<Record<string, SelectorState>>
  /** Factor of the scheduled learning rate, 1 unless it adapts. */
  rateFactor: number
  /** Rates of groups of weights; null where all have one. */
  groupRates: GroupRateState | null
  /** The combiner needs one gradient per group, not one of their weighted sum. */
  readonly separate: boolean
  /** One optimiser step; `step` counts from 1. */
  step(data: StepData, learningRate: number, step: number): Promise<StepResult>
  dispose(): void
}

export interface LearnerOptions {
  readonly engine: Engine
  readonly model: LanguageModel
  readonly store: WeightStore
  readonly feeds: SequenceFeeds
  readonly losses: { readonly forget?: GroupLoss; readonly retain?: GroupLoss }
  readonly combiner: Combiner
  readonly combinerKnobs: Readonly<Record<string, unknown>>
  readonly optimizer: Optimizer
  readonly optimizerKnobs: Readonly<Record<string, unknown>>
  readonly clipNorm: number | null
  /** Knobs of sharpness-aware gradients; left out: plain ones. */
  readonly sharpness?: Parameters<typeof sharpness.apply>[2]
  /** Largest update, in radii of the output softmax; null: no cap. */
  readonly softmaxRadius?: number | null
  /** Steps between looks by which the learning rate adapts; null: it follows the schedule alone. */
  readonly adaptRateEvery?: number | null
  /** Groups of weights with rates of their own, and the steps between looks. */
  readonly groupRates?: { readonly groups: readonly WeightGroup[]; readonly every: number } | null
  /** Backpropagation unless given. */
  readonly estimator?: ChosenEstimator
  /** Those that choose tokens in each step. */
  readonly selectors?: Readonly<Partial<Record<'forget' | 'retain', ChosenSelector>>>
}

/**
 * Losses → gradients (→ refine) → combine → clip → optimise.
 *
 * The combination and the clipping are two coefficients of the optimiser's own pass: no direction is ever stored,
 * and its norm follows from the Gram matrix.
 */
export async function createLearner(options: LearnerOptions): Promise<Learner> {
  const { engine, model, store, combiner, combinerKnobs, optimizer, optimizerKnobs } = options
  const { layout, lora, shapes } = store.trainable
  const losses: Record<string, GroupLoss> = { ...options.losses }
  const runnerOptions = {
    engine,
    model,
    weights: graphWeights(model, lora),
    losses,
    trainable: [...shapes.keys()],
    values: store.tensors,
    feeds: options.feeds,
    trained: store.trained.data,
  }
  const looks = await createUpdateLooks(runnerOptions, store.trained.data, options)
  const finder = await createGradientFinder(
    runnerOptions,
    options.estimator ?? { estimator: exact as unknown as GradientEstimator, knobs: {}, seed: 0 },
  )
  let current = 0
  const runner: Pick<GradientRunner, 'run'> = {
    run: (microBatches, scales, target, spareArray) =>
      finder.run(microBatches, scales, target, spareArray, current),
  }
  const separate =
    (gradientsOf(combiner, combinerKnobs) === 'separate' || options.sharpness !== undefined) &&
    Object.keys(losses).length === 2
  const first = flatTensors(layout)
  const second = separate ? flatTensors(layout) : null
  let spare: FlatTensors | null = null
  const scratch = () => {
    spare ??= flatTensors(layout)
    return spare
  }
  const memory = new Map(
    (separate ? (combiner.refinement?.memory ?? []) : []).map((name) => [
      name,
      new Float32Array(layout.size),
    ]),
  )
  const field =
    separate && (combiner.refinement || options.sharpness)
      ? createGradientField(runner, layout, store.trained.data, scratch, memory)
      : null
  const chooser =
    Object.keys(options.selectors ?? {}).length > 0
      ? await createTokenChooser({
          engine,
          model,
          weights: graphWeights(model, lora),
          values: store.tensors,
          feeds: options.feeds,
          selectors: options.selectors ?? {},
        })
      : null
  const updater = await createUpdater({
    engine,
    optimizer,
    knobs: optimizerKnobs,
    weights: store.trained.data,
    matrices: hiddenMatrices(model, store.trainable),
    gradients: second ? [first.data, second.data] : [first.data],
  })

  const update = (norm: number, coefficients: number[], learningRate: number, step: number) => {
    const factor = clipFactor(norm, options.clipNorm)
    return updater.step(
      coefficients.map((coefficient) => coefficient * factor),
      learningRate,
      step,
    )
  }

  const remember = (state: CombinerState, { forget, retain }: StepResult['losses']) => {
    learner.combinerState =
      combiner.after && forget !== null && retain !== null
        ? combiner.after({ forget, retain }, combinerKnobs, state)
        : state
  }

  const separateStep = async (
    data: StepData,
    target: FlatTensors,
    learningRate: number,
    step: number,
  ): Promise<StepResult> => {
    const forgetLoss = (await runner.run(data.forget, { forget: 1 }, first, scratch)).forget
    const retainLoss = (await runner.run(data.retain, { retain: 1 }, target, scratch)).retain
    const pair = { forget: first.data, retain: target.data }
    let state = learner.combinerState
    if (field && options.sharpness)
      await sharpness.apply(pair, field(data), options.sharpness, state)
    if (field && combiner.refinement)
      state = await combiner.refinement.apply(pair, field(data), combinerKnobs, state)
    const gram: Gram = gramOf([first.data], [target.data])
    const measured = { forget: forgetLoss, retain: retainLoss }
    const chosen = combiner.coefficients({ gram, losses: measured }, combinerKnobs, state)
    const norm = directionNorm(gram, chosen)
    const finite = [forgetLoss, retainLoss, norm].every(Number.isFinite)
    if (finite) {
      await update(norm, [chosen.forget, chosen.retain], learningRate, step)
      remember(chosen.state, measured)
    }
    return {
      finite,
      losses: measured,
      gradientNorms: {
        forget: Math.sqrt(gram.forgetForget),
        retain: Math.sqrt(gram.retainRetain),
        update: norm,
      },
      cosine: gradientCosine(gram),
    }
  }

  const fusedStep = async (
    data: StepData,
    learningRate: number,
    step: number,
  ): Promise<StepResult> => {
    const chosen = combiner.coefficients(
      { gram: null, losses: null },
      combinerKnobs,
      learner.combinerState,
    )
    const scales: Record<string, number> = {}
    if (losses.forget) scales.forget = chosen.forget
    if (losses.retain) scales.retain = chosen.retain
    const found = await runner.run(data.together, scales, first, scratch)
    const measured = { forget: found.forget ?? null, retain: found.retain ?? null }
    const norm = Math.sqrt(squaredNorm([first.data]))
    const finite = [...Object.values(found), norm].every(Number.isFinite)
    if (finite) {
      await update(norm, [1], learningRate, step)
      remember(chosen.state, measured)
    }
    return {
      finite,
      losses: measured,
      gradientNorms: { forget: null, retain: null, update: norm },
      cosine: null,
    }
  }

  const learner: Learner = {
    store,
    slots: new Map([
      ...updater.slots,
      ...[...memory].map(([name, array]) => [`combiner ${name}`, array] as const),
    ]),
    combinerState: combiner.init(combinerKnobs),
    get selectorStates() {
      return chooser?.states ?? {}
    },
    set selectorStates(states) {
      if (chooser) chooser.states = states
    },
    separate,
    get rateFactor() {
      return looks.rateFactor
    },
    set rateFactor(factor) {
      looks.rateFactor = factor
    },
    get groupRates() {
      return looks.groupRates
    },
    set groupRates(rates) {
      looks.groupRates = rates
    },
    async step(given, scheduled, step) {
      current = step
      const data = chooser ? await chooser.choose(given) : given
      const learningRate = scheduled * looks.rateFactor
      looks.begin(step)
      const result = second
        ? await separateStep(data, second, learningRate, step)
        : await fusedStep(data, learningRate, step)
      if (result.finite) {
        chooser?.made()
        await looks.after(step, data)
      }
      return result
    },
    dispose() {
      looks.dispose()
      chooser?.dispose()
      finder.dispose()
      updater.dispose()
    },
  }
  return learner
}
