import type { ResolvedMethod } from '../method/resolve.ts'
import { gradientsOf } from '../parts/combine/gradients-of.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import type { OpenedModel } from '../train/session.ts'
import {
  type DataWeights,
  type GroupPositions,
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
  { model, tokenizer }: Pick<OpenedModel, 'model' | 'tokenizer'>,
  references: ReferenceScores,
  selection: DataWeights = wholeData,
): { source: StepSource; totalSteps: number } {
  const { batchSize, accumulate, seed, steps, epochs } = recipe.train
  const positions = lossPositions(method, model.vocab)
  const source = unlearningSteps({
    forget: data.forget,
    retain: method.retainLoss ? data.retain : null,
    preferred: data.preferred,
    batchSize,
    accumulate,
    seed,
    padToken: tokenizer.padToken,
    separate: needsSeparateGradients(method, recipe),
    references,
    selection,
    positions,
  })
  return { source, totalSteps: steps ?? (epochs ?? 1) * source.stepsPerEpoch }
}

/** Where the losses of a method look; released code lowers the entry −100 from the end where there is no label. */
function lossPositions(method: ResolvedMethod, vocab: number): GroupPositions {
  const { forgetLoss, forgetKnobs, retainLoss, retainKnobs } = method
  return {
    at: {
      forget: forgetLoss.positions?.(forgetKnobs) ?? 'answers',
      retain: retainLoss?.positions?.(retainKnobs) ?? 'answers',
    },
    noLabel: Math.max(0, vocab - 100),
  }
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
