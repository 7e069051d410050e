import { resolveMethod } from '../method/resolve.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import type { Registry } from '../recipe/registry.ts'
import { createLearner } from '../train/learner.ts'
import type { Session } from '../train/session.ts'
import type { Learner } from '../train/step.ts'
import { weightGroups } from '../train/weight-groups.ts'
import { stepSelectors } from './select-data.ts'

/** The learner of an unlearning recipe; `plan` measures the same one. */
export async function createUnlearner(
  recipe: Recipe,
  session: Session,
  registry: Registry,
): Promise<Learner> {
  const { engine, model, store, inputs } = session
  const method = resolveMethod(recipe.method, registry)
  const { id, ...knobs } = recipe.train.optimizer
  const optimizer = registry.optimizers.get(String(id))
  if (!optimizer) throw new Error(`internal: no optimiser ${id}`)
  const { id: estimatorId, ...estimatorKnobs } = recipe.train.gradients
  const estimator = registry.estimators.get(String(estimatorId))
  if (!estimator) throw new Error(`internal: no estimator ${estimatorId}`)
  return createLearner({
    engine,
    model,
    store,
    inputs,
    losses: {
      forget: { loss: method.forgetLoss, knobs: method.forgetKnobs },
      ...(method.retainLoss
        ? { retain: { loss: method.retainLoss, knobs: method.retainKnobs } }
        : {}),
    },
    combiner: method.combiner,
    combinerKnobs: method.combinerKnobs,
    optimizer,
    optimizerKnobs: knobs,
    clipNorm: recipe.train.clipNorm,
    weights: recipe.train.weights,
    estimator: { estimator, knobs: estimatorKnobs, seed: recipe.train.seed },
    ...(recipe.train.sharpness ? { sharpness: recipe.train.sharpness } : {}),
    softmaxRadius: recipe.train.softmaxRadius,
    adaptRateEvery: recipe.train.adaptRateEvery,
    groupRates: recipe.train.groupRates && {
      groups: weightGroups(recipe.train.groupRates.groups, store.trainable, model.layers),
      every: recipe.train.groupRates.every,
    },
    selectors: stepSelectors(recipe, registry),
  })
}
