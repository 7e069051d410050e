import type { Engine } from '../engine/engine.ts'
import { createEngine } from '../engine/node-engine.ts'
import type { StagedRecipe } from '../recipe/read-stages.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import type { Plan } from '../run/plan/estimate-run.ts'
import { probeRun } from '../run/plan/probe-run.ts'
import { freeMemoryBytes, planRun } from '../run/plan/run-plan.ts'
import { planRunEvaluation } from '../run/run-evaluation.ts'
import type { WorkContext } from './context.ts'
import { planStages, type StagesPlan } from './stages-plan.ts'

/** The plan of the evaluation after training. */
export interface EvaluationPlan {
  readonly benchmark: string
  /** rows by set */
  readonly rows: Readonly<Record<string, number>>
  /** optional sets without a file */
  readonly missingSets: readonly string[]
  readonly output: string
}

/** The plan of a run, with what comes after training. */
export type RunJobPlan = Plan & { readonly evaluation?: EvaluationPlan }

/** The plan of stages, with the evaluations of those that are evaluated, by name. */
export type StagesJobPlan = StagesPlan & {
  readonly evaluations: Readonly<Record<string, EvaluationPlan>>
}

type PlanContext = Pick<WorkContext, 'cwd' | 'env' | 'tell'>

const clock = () => performance.now()

/**
 * Plans all that a run's recipe asks for.
 *
 * @param probe whether a few steps are timed on the loaded model
 * @throws UserError where it does not fit, or a file is missing
 */
export async function planRunJob(
  recipe: Recipe,
  probe: boolean,
  context: PlanContext,
): Promise<RunJobPlan> {
  const counted = await planRun(recipe, { freeBytes: freeMemoryBytes() })
  const evaluation = await evaluationPlan(recipe, context)
  const plan = probe
    ? await withEngine(context, (engine) => probeRun(recipe, counted, engine, clock))
    : counted
  return { ...plan, ...(evaluation && { evaluation }) }
}

/** Plans all that stages ask for; otherwise as `planRunJob`. */
export async function planStagesJob(
  staged: StagedRecipe,
  probe: boolean,
  context: PlanContext,
): Promise<StagesJobPlan> {
  const limits = { freeBytes: freeMemoryBytes() }
  const plan = probe
    ? await withEngine(context, (engine) => planStages(staged, limits, { engine, clock }))
    : await planStages(staged, limits, null)
  const evaluations: Record<string, EvaluationPlan> = {}
  for (const stage of staged.stages) {
    if (stage.kind !== 'unlearn') continue
    const evaluation = await evaluationPlan(stage.recipe, context)
    if (evaluation) evaluations[stage.name] = evaluation
  }
  return { ...plan, evaluations }
}

async function evaluationPlan(
  recipe: Recipe,
  context: PlanContext,
): Promise<EvaluationPlan | null> {
  const found = await planRunEvaluation(recipe, recipe.output, context)
  if (!found) return null
  const { task, rows } = found
  const { benchmark, output } = task
  const missingSets = Object.keys(benchmark.sets).filter((name) => !(name in rows))
  return { benchmark: benchmark.id, rows, missingSets, output }
}

async function withEngine<T>(
  { tell }: PlanContext,
  use: (engine: Engine) => Promise<T>,
): Promise<T> {
  tell({ kind: 'timing' })
  const engine = await createEngine()
  try {
    return await use(engine)
  } finally {
    engine.dispose()
  }
}
