import type { Recipe } from '../../recipe/recipe-schema.ts'
import type { Registry } from '../../recipe/registry.ts'
import type { OpenedModel } from '../../train/session.ts'
import { addsGeneral, plannedRetain } from '../automatic-retain.ts'
import { goalData } from '../goal/goal-data.ts'
import { generalExamples, loadData, type RunData } from '../run-data.ts'

/** What will train, before anything of the run is there: with stand-ins for what the starting model will say, and with the wordings of a goal. */
export async function plannedData(
  recipe: Recipe,
  opened: OpenedModel,
  registry: Registry,
): Promise<RunData> {
  const silent = () => {}
  const data = await loadData(recipe, opened, silent, registry, null)
  if (!recipe.goal) return data
  const said = addsGeneral(recipe) ? await plannedRetain(recipe, opened) : []
  const general = generalExamples(recipe, opened, said)
  return (await goalData(recipe, opened, data, { general, emit: silent })).training
}
