import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '../engine/engine.ts'
import { UserError } from '../error.ts'
import { sizeOf } from '../graph/shape.ts'
import type { StagedRecipe } from '../recipe/read-stages.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import { type Plan, processBytes } from '../run/plan/estimate-run.ts'
import { probeRun, withTimes } from '../run/plan/probe-run.ts'
import { freeDiskBytes, planRun } from '../run/plan/run-plan.ts'
import { openModel, storedModelBytes } from '../train/session.ts'
import { bytesText } from '../units.ts'

/** The plan of one stage: what it will need. */
export type StagePlan = { readonly name: string } & (
  | { readonly kind: 'unlearn'; readonly plan: Plan }
  | { readonly kind: 'merge' | 'edit'; readonly peakBytes: number; readonly diskBytes: number }
)

/** The plan of stages, one after another. */
export interface StagesPlan {
  readonly stages: readonly StagePlan[]
  readonly totalSteps: number
  /** Of the stage that needs most. */
  readonly peakBytes: number
  /** Of all stages, whose runs stay, and of the final copy. */
  readonly diskBytes: number
  /** Null without a probe. */
  readonly seconds: number | null
  readonly warnings: readonly string[]
}

/**
 * Plans every stage as a run. A stage that begins with a model which is not there yet is planned with the one that all
 * begin with, which has the same shapes.
 *
 * @param probe times a few steps of each stage, of its first chunk where it has several; null: not at all
 * @throws UserError where a stage, or all together, cannot fit, with what would
 */
export async function planStages(
  { output, start, stages }: StagedRecipe,
  limits: { freeBytes: number },
  probe: { engine: Engine; clock: () => number } | null,
): Promise<StagesPlan> {
  const planned: StagePlan[] = []
  /** What was timed, by the folder that the chunks of a stage are in. */
  const timed = new Map<string, Plan>()
  for (const stage of stages) {
    const { name } = stage
    if (stage.kind === 'merge') {
      planned.push({ name, kind: 'merge', ...(await mergeNeeds(start, stage.models.length)) })
      continue
    }
    if (stage.kind === 'edit') {
      planned.push({ name, kind: 'edit', ...(await editNeeds(start)) })
      continue
    }
    const { model } = stage.recipe
    const isThere = existsSync(join(model, 'config.json'))
    const recipe: Recipe = { ...stage.recipe, model: isThere ? model : start }
    let plan = await planRun(recipe, limits)
    if (probe) {
      const [group] = stage.folder.split(/[/\\]/)
      const like = timed.get(group)
      if (like?.partSeconds) {
        const training = (like.partSeconds.training * plan.tokens) / like.tokens
        plan = withTimes(plan, { ...like.partSeconds, training })
      } else {
        plan = await probeRun(recipe, plan, probe.engine, probe.clock)
        timed.set(group, plan)
      }
    }
    planned.push({ name, kind: 'unlearn', plan })
  }
  const needs = planned.map((stage) => (stage.kind === 'unlearn' ? stage.plan : stage))
  const runs = planned.flatMap((stage) => (stage.kind === 'unlearn' ? [stage.plan] : []))
  const finalBytes = storedModelBytes((await openModel(start)).checkpoint)
  const diskBytes = needs.reduce((sum, { diskBytes: own }) => sum + own, finalBytes)
  const free = await freeDiskBytes(output)
  if (diskBytes > free)
    throw new UserError({
      code: 'does-not-fit',
      path: 'disk',
      expected: `at most ${bytesText(free)} free in ${output}`,
      got: `a need of ${bytesText(diskBytes)} for all stages together`,
      hint: 'Keep fewer states (train.keepStates), make larger chunks (chunkSize), or choose another output.',
    })
  return {
    stages: planned,
    totalSteps: runs.reduce((sum, { totalSteps }) => sum + totalSteps, 0),
    peakBytes: Math.max(...needs.map(({ peakBytes }) => peakBytes)),
    diskBytes,
    seconds: probe ? runs.reduce((sum, { seconds }) => sum + Number(seconds), 0) : null,
    warnings: [...new Set(runs.flatMap(({ warnings }) => warnings))],
  }
}

/** The weights twice, before and after, and the normal equations of the widest layer in double precision. */
async function editNeeds(base: string) {
  const { checkpoint } = await openModel(base)
  const shapes = [...checkpoint.tensors.values()].map(({ shape }) => shape)
  const weights = shapes.reduce((sum, shape) => sum + sizeOf(shape), 0)
  const widest = Math.max(...shapes.map((shape) => Number(shape[1] ?? 1)))
  return {
    peakBytes: processBytes + 2 * 4 * weights + 3 * 8 * widest ** 2,
    diskBytes: storedModelBytes(checkpoint),
  }
}

/** One tensor of each model, of the base, its changes and the result. */
async function mergeNeeds(base: string, models: number) {
  const { checkpoint } = await openModel(base)
  const largest = Math.max(...[...checkpoint.tensors.values()].map(({ shape }) => sizeOf(shape)))
  return {
    peakBytes: processBytes + 4 * largest * (2 * models + 3),
    diskBytes: storedModelBytes(checkpoint),
  }
}
