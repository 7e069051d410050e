import type { Engine } from '../../engine/engine.ts'
import { cachedPositions, createMeasurer } from '../../measure/score/measurer.ts'
import { resolveMethod } from '../../method/resolve.ts'
import { registryOf } from '../../recipe/plugins.ts'
import type { Recipe } from '../../recipe/recipe-schema.ts'
import type { Registry } from '../../recipe/registry.ts'
import { openModel, openSession, type Session } from '../../train/session.ts'
import { positionsOf } from '../../train/step.ts'
import type { RunData } from '../run-data.ts'
import { createUnlearner } from '../unlearn-learner.ts'
import { noReferences, runSteps } from '../unlearn-steps.ts'
import type { PartSeconds, Plan } from './estimate-run.ts'
import { timeMeasuring } from './measuring-seconds.ts'
import { plannedData } from './planned-data.ts'

/** Steps timed by the probe, after one that is not. */
const timedSteps = 3

/** What writing a model and reading it back takes, in times of opening it. */
const exportsPerOpening = 3

/** Times opening, a few real steps and measuring on the loaded model, then throws the weights away. */
export async function probeRun(
  recipe: Recipe,
  plan: Plan,
  engine: Engine,
  clock: () => number,
): Promise<Plan> {
  const began = clock()
  const registry = await registryOf(recipe)
  const opened = await openModel(recipe.model)
  const data = await plannedData(recipe, opened, registry)
  const session = await openSession(engine, opened, recipe.train.parameters, recipe.train.seed)
  const opening = (clock() - began) / 1000
  const measurer = await createMeasurer(session, { cachePositions: cachedPositions })
  const { measuring, evaluation, answering } = await timeMeasuring(recipe, data, measurer, clock)
  measurer.dispose()
  const training = (await secondsPerToken(recipe, session, data, registry, clock)) * plan.tokens
  const { every } = recipe.evaluate
  const steps = every === 'epoch' ? plan.stepsPerEpoch : every
  const evaluations = steps === null ? 0 : Math.ceil(plan.totalSteps / steps)
  const parts = { opening, answering, measuring, exporting: exportsPerOpening * opening }
  if (plan.withinSeconds !== null) return withinGoal(plan, parts, training / plan.totalSteps)
  return withTimes(plan, { ...parts, training, evaluations: evaluations * evaluation })
}

/** A goal trains and looks until it is reached or its time is up. */
function withinGoal(
  plan: Plan,
  parts: Omit<PartSeconds, 'training' | 'evaluations'>,
  secondsPerStep: number,
): Plan {
  const seconds = plan.withinSeconds as number
  const others = Object.values(parts).reduce((sum, part) => sum + part, 0)
  const training = Math.max(0, seconds - others)
  return { ...plan, seconds, secondsPerStep, partSeconds: { ...parts, training, evaluations: 0 } }
}

/** A plan with the time of each part. */
export function withTimes(plan: Plan, partSeconds: PartSeconds): Plan {
  return {
    ...plan,
    partSeconds,
    seconds: Object.values(partSeconds).reduce((a, b) => a + b, 0),
    secondsPerStep: partSeconds.training / plan.totalSteps,
  }
}

async function secondsPerToken(
  recipe: Recipe,
  session: Session,
  data: RunData,
  registry: Registry,
  clock: () => number,
): Promise<number> {
  const learner = await createUnlearner(recipe, session, registry)
  const method = resolveMethod(recipe.method, registry)
  const { source } = runSteps(recipe, method, data, session, noReferences)
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
  return seconds / positions
}
