import { roundToBf16 } from '../checkpoint/half.ts'
import type { Engine } from '../engine/engine.ts'
import { onHost } from '../engine/memory.ts'
import type { LanguageModel } from '../model/model.ts'
import { graphWeights } from '../model/weights.ts'
import type { Combiner } from '../parts/combine/combiner.ts'
import { gradientsOf, metricOf } from '../parts/combine/gradients-of.ts'
import type { Optimizer } from '../parts/optim/optimizer.ts'
import type { BatchInputs } from './batch-inputs.ts'
import { type ChosenEstimator, createEstimatorRunner, exactEstimator } from './estimator-runner.ts'
import { type FlatTensors, flatTensors } from './flat.ts'
import { hiddenMatrices } from './hidden-matrices.ts'
import type { GroupLoss } from './objective.ts'
import { fusedStep } from './step/fused.ts'
import { createRefine, type SharpnessKnobs } from './step/refine.ts'
import { separateStep } from './step/separate.ts'
import type { Learner, WriteGradient } from './step.ts'
import { createStepMetric } from './step-metric.ts'
import { type ChosenSelector, createStepSelectors } from './step-selectors.ts'
import { createUpdater } from './update.ts'
import { createUpdateProbes, type UpdateProbeOptions } from './update-probes.ts'
import type { WeightFormat } from './weight-format.ts'
import type { WeightStore } from './weight-store.ts'

export interface LearnerOptions extends UpdateProbeOptions {
  /** Compiles and runs every program of the step. */
  readonly engine: Engine
  readonly model: LanguageModel
  /** Weights that a step reads, and among them those that it changes, in place. */
  readonly store: WeightStore
  /** Inputs that depend on batches alone; may be shared with whatever else runs the model. */
  readonly inputs: BatchInputs
  /** What is minimised, by group; at least one. */
  readonly losses: { readonly forget?: GroupLoss; readonly retain?: GroupLoss }
  /** Makes one direction of the gradients of the groups. */
  readonly combiner: Combiner
  /** As the combiner's schema gives them. */
  readonly combinerKnobs: Readonly<Record<string, unknown>>
  readonly optimizer: Optimizer
  /** As the optimiser's schema gives them. */
  readonly optimizerKnobs: Readonly<Record<string, unknown>>
  /** Largest L2 norm of the direction over all trained weights; longer ones are scaled down. null: no limit. */
  readonly clipNorm: number | null
  /** What trained weights are rounded to after each update: float32 keeps them as they are. */
  readonly weights?: WeightFormat
  /** Takes each gradient a little uphill of its loss; left out: where the weights are. */
  readonly sharpness?: SharpnessKnobs
  /** Backpropagation unless given. */
  readonly estimator?: ChosenEstimator
  /** Those that choose tokens in each step, by group. */
  readonly selectors?: Readonly<Partial<Record<'forget' | 'retain', ChosenSelector>>>
}

/**
 * A learner: makes one optimiser step after another on the trained weights of a model.
 *
 * A step is losses → gradients (→ refine) → combine → clip → optimise, by `separateStep` where there are two losses and
 * something needs the gradient of each, else by `fusedStep`. Around it, selectors may weigh the tokens before, and probes
 * may scale the update after.
 *
 * Memory, in arrays of the trained weights' size: one gradient (two of a separate step), one more from the second
 * micro-batch on, the optimiser's slots, what refinements declare, and two while updates are probed.
 *
 * @returns a learner whose memories are as before the first step; everything compiled, nothing run. `dispose` frees
 *   programs, gradients and slots, not the weights
 */
export async function createLearner(options: LearnerOptions): Promise<Learner> {
  const { engine, model, store, inputs, combiner } = options
  const { layout, adapter, shapes } = store.trainable
  const parts = {
    engine,
    model,
    weights: graphWeights(model, adapter),
    values: store.tensors,
    inputs,
  }
  const runnerOptions = {
    ...parts,
    losses: { ...options.losses } as Record<string, GroupLoss>,
    trainable: [...shapes.keys()],
    trained: store.trained.data,
  }
  const probes = await createUpdateProbes(runnerOptions, store.trained.data, options)
  const estimator = await createEstimatorRunner(runnerOptions, options.estimator ?? exactEstimator)
  const selectors = options.selectors ?? {}
  const chooser =
    Object.keys(selectors).length > 0 ? await createStepSelectors({ ...parts, selectors }) : null
  let spare: FlatTensors | null = null
  const scratch = () => {
    spare ??= flatTensors(engine.memory, layout)
    return spare
  }
  const { makeStep, separate, slots, dispose } = await createStep(
    options,
    (microBatches, scales, target, step) =>
      estimator.run(microBatches, scales, target, scratch, step),
  )
  const learner: Learner = {
    store,
    slots,
    combinerState: combiner.init(options.combinerKnobs),
    get selectorStates() {
      return chooser?.states ?? {}
    },
    set selectorStates(states) {
      if (chooser) chooser.states = states
    },
    separate,
    get rateFactor() {
      return probes.rateFactor
    },
    set rateFactor(factor) {
      probes.rateFactor = factor
    },
    get groupRates() {
      return probes.groupRates
    },
    set groupRates(rates) {
      probes.groupRates = rates
    },
    async step(given, scheduled, step) {
      const data = chooser ? await chooser.choose(given) : given
      const learningRate = scheduled * probes.rateFactor
      await probes.begin(step)
      const moment = { step, learningRate, combinerState: learner.combinerState }
      const { result, combinerState } = await makeStep(data, moment)
      learner.combinerState = combinerState
      if (result.finite) {
        chooser?.made()
        await probes.after(step, data)
        if (options.weights === 'bf16')
          await onHost(engine.memory, [store.trained.data], ([numbers]) => roundToBf16(numbers))
      }
      return result
    },
    dispose() {
      probes.dispose()
      chooser?.dispose()
      estimator.dispose()
      dispose()
      if (spare) engine.memory.free(spare.data)
    },
  }
  return learner
}

/** The kind of step that the options ask for, and the arrays that it keeps. */
async function createStep(options: LearnerOptions, writeGradient: WriteGradient) {
  const { engine, model, store, combiner, combinerKnobs, clipNorm } = options
  const { layout } = store.trainable
  const weights = store.trained.data
  const groups = (['forget', 'retain'] as const).filter((group) => options.losses[group])
  const separate =
    (gradientsOf(combiner, combinerKnobs) === 'separate' || options.sharpness !== undefined) &&
    groups.length === 2
  const gradients = (separate ? groups : ['both']).map(() => flatTensors(engine.memory, layout))
  const updater = await createUpdater({
    engine,
    optimizer: options.optimizer,
    knobs: options.optimizerKnobs,
    weights,
    matrices: hiddenMatrices(model, store.trainable),
    gradients: gradients.map(({ data }) => data),
  })
  const { memory } = engine
  const parts = { memory, writeGradient, combiner, combinerKnobs, clipNorm, updater }
  const dispose = () => {
    updater.dispose()
    for (const { data } of gradients) memory.free(data)
  }
  const [first, second] = gradients
  if (!separate)
    return {
      makeStep: fusedStep({ ...parts, groups, gradient: first }),
      separate,
      slots: updater.slots,
      dispose,
    }
  const pair = { forget: first, retain: second }
  const sharpnessKnobs = options.sharpness ?? null
  const { refine, kept } = createRefine({ ...parts, ...pair, sharpnessKnobs, layout, weights })
  const combinerSlots = [...kept].map(([name, buffer]) => [`combiner ${name}`, buffer] as const)
  const metric =
    metricOf(combiner, combinerKnobs) === 'euclidean'
      ? null
      : createStepMetric({
          memory,
          optimizer: options.optimizer,
          knobs: options.optimizerKnobs,
          forget: first.data,
          retain: second.data,
          slots: updater.slots,
        })
  return {
    makeStep: separateStep({ ...parts, ...pair, refine, metric }),
    separate,
    slots: new Map([...updater.slots, ...combinerSlots]),
    dispose,
  }
}
