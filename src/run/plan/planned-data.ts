import type { Recipe } from '../../recipe/recipe-schema.ts'
import type { Registry } from '../../recipe/registry.ts'
import type { OpenedModel } from '../../train/session.ts'
import { goalData } from '../goal/goal-data.ts'
import { loadData, type RunData } from '../run-data.ts'

/** What will train, before anything of the run is there: without what `retain: auto` will say, with the wordings of a goal. */
export async function plannedData(
  recipe: Recipe,
  opened: OpenedModel,
  registry: Registry,
): Promise<RunData> {
  const silent = () => {}
  const data = await loadData(recipe, opened, silent, registry, null)
  return recipe.goal ? (await goalData(recipe, opened, data, silent)).training : data
}
