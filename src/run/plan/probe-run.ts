import type { Engine } from '../../engine/engine.ts'
import { resolveMethod } from '../../method/resolve.ts'
import { registryOf } from '../../recipe/plugins.ts'
import type { Recipe } from '../../recipe/recipe-schema.ts'
import { openModel, openSession } from '../../train/session.ts'
import { positionsOf } from '../../train/step.ts'
import { loadData } from '../run-data.ts'
import { createUnlearner } from '../unlearn-learner.ts'
import { noReferences, runSteps } from '../unlearn-steps.ts'
import type { Plan } from './estimate-run.ts'

/** Steps timed by the probe, after one that is not. */
const timedSteps = 3

/** Times a few real steps on the loaded model, then throws the weights away. */
export async function probeRun(
  recipe: Recipe,
  plan: Plan,
  engine: Engine,
  clock: () => number,
): Promise<Plan> {
  const registry = await registryOf(recipe)
  const opened = await openModel(recipe.model)
  const data = await loadData(recipe, opened, () => {}, registry)
  const session = await openSession(engine, opened, recipe.train.parameters, recipe.train.seed)
  const learner = await createUnlearner(recipe, session, registry)
  const method = resolveMethod(recipe.method, registry)
  const { source } = runSteps(recipe, method, data, opened.tokenizer.padToken, noReferences)
  let seconds = 0
  let positions = 0
  for (let i = 0; i <= timedSteps; i++) {
    const place = Math.floor((i * source.stepsPerEpoch) / (timedSteps + 1))
    const step = await source.at(0, place)
    const started = clock()
    await learner.step(step, recipe.train.learningRate, i + 1)
    if (i === 0) continue
    seconds += (clock() - started) / 1000
    positions += positionsOf(step)
  }
  learner.dispose()
  const total = (plan.tokens * seconds) / positions
  return { ...plan, seconds: total, secondsPerStep: total / plan.totalSteps }
}
