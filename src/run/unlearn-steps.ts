import type { ResolvedMethod } from '../method/resolve.ts'
import { gradientsOf } from '../parts/combine/gradients-of.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import {
  type DataWeights,
  type ReferenceScores,
  type StepSource,
  unlearningSteps,
  wholeData,
} from '../train/step-source.ts'
import type { StopConditions } from '../train/stop-conditions.ts'
import type { RunData } from './run-data.ts'

/** The gradient of each group is looked at, not one of their sum. */
export function needsSeparateGradients(
  { combiner, combinerKnobs, retainLoss }: ResolvedMethod,
  { train }: Recipe,
): boolean {
  const gradients = gradientsOf(combiner, combinerKnobs)
  return (gradients === 'separate' || train.sharpness !== null) && retainLoss !== null
}

/** The steps of an unlearning recipe, and how many of them. */
export function runSteps(
  recipe: Recipe,
  method: ResolvedMethod,
  data: RunData,
  padToken: number,
  references: ReferenceScores,
  selection: DataWeights = wholeData,
): { source: StepSource; totalSteps: number } {
  const { batchSize, accumulate, seed, steps, epochs } = recipe.train
  const source = unlearningSteps({
    forget: data.forget,
    retain: method.retainLoss ? data.retain : null,
    preferred: data.preferred,
    batchSize,
    accumulate,
    seed,
    padToken,
    separate: needsSeparateGradients(method, recipe),
    references,
    selection,
  })
  return { source, totalSteps: steps ?? (epochs ?? 1) * source.stepsPerEpoch }
}

/** The stop conditions of a recipe (`train.guards`) that mean something for its method. */
export function stopConditionsOf(
  { train }: Recipe,
  { retainLoss }: ResolvedMethod,
): StopConditions {
  // A limit in nats says nothing of another unit.
  return { ...train.guards, ...(retainLoss?.unit ? { retainLossRise: null } : {}) }
}

/** For looking at steps before any score is known. */
export const noReferences: ReferenceScores = {
  tokens: {},
  distribution: null,
  activations: null,
}
