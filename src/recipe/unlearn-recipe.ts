import { knobHint } from '../method/problems.ts'
import { resolveMethod } from '../method/resolve.ts'
import { methodSchemaFor } from '../method/schema.ts'
import { metricOf } from '../parts/combine/gradients-of.ts'
import { broughtDefaults } from './brought.ts'
import { lengthConflicts } from './conflicts.ts'
import type { Path } from './document.ts'
import { type Conflict, type RecipeKind, recipeName } from './examine-recipe.ts'
import { expandAt } from './part.ts'
import { type Recipe, recipeSchema } from './recipe-schema.ts'
import type { Registry } from './registry.ts'
import { automaticData } from './section/data-section.ts'
import { evaluationConflicts, evaluationFiles } from './section/evaluation-section.ts'
import { goalConflicts, goalFiles } from './section/goal-section.ts'
import { expandPlugins, pluginFiles } from './section/plugins-section.ts'
import { selectOptions } from './section/select-options.ts'
import { trainOptions } from './section/train-options.ts'
import { templateConflicts } from './template-conflicts.ts'
import { describeValue, pathText, valueAt, withValue } from './value-path.ts'

/** The recipe of `lethe run`: a trained model, what to forget, what to keep, and how. */
export function unlearnKind(registry: Registry): RecipeKind<Recipe> {
  return {
    id: 'unlearn',
    title: 'an unlearning recipe',
    expand: (written) =>
      [
        ['method'],
        ['train', 'optimizer'],
        ['train', 'gradients'],
        ['forget', 'tokens'],
        ['forget', 'examples'],
        ['retain', 'tokens'],
        ['retain', 'examples'],
      ].reduce(expandAt, expandAutomatic(expandPlugins(written))),
    fill: (written) => broughtDefaults(written, registry),
    schemaFor: (written, file) =>
      recipeSchema({
        method: methodSchemaFor(valueAt(written, ['method']), registry),
        train: trainOptions(written, 1e-5, registry),
        select: {
          forget: selectOptions(written, 'forget', registry),
          retain: selectOptions(written, 'retain', registry),
        },
        name: recipeName(file),
      }),
    conflicts: (written) => [
      ...lengthConflicts(written),
      ...retainConflicts(written, registry),
      ...metricConflicts(written, registry),
      ...positionConflicts(written, registry),
      ...goalConflicts(written, registry),
      ...templateConflicts(written),
      ...evaluationConflicts(written, registry),
    ],
    files: (written) => [
      { at: ['model'], kind: 'model' },
      { at: ['forget', 'path'], kind: 'data' },
      { at: ['forget', 'refusals'], kind: 'text' },
      { at: ['forget', 'tokens', 'assistant'], kind: 'model' },
      { at: ['retain', 'tokens', 'assistant'], kind: 'model' },
      ...(valueAt(written, ['retain', 'path']) === automaticData
        ? []
        : [{ at: ['retain', 'path'], kind: 'data' as const }]),
      ...goalFiles,
      ...evaluationFiles(written),
      ...pluginFiles(written),
    ],
    hints: {
      key: (path, key) => keyHint(path, key, registry),
      value: (path, value) => valueHint(path, value, registry),
    },
  }
}

/** `retain: auto` written out. */
function expandAutomatic(written: unknown): unknown {
  return valueAt(written, ['retain']) === automaticData
    ? withValue(written, ['retain'], { path: automaticData })
    : written
}

/** A method with a retain loss needs a retain set. */
function retainConflicts(written: unknown, { methods }: Registry): Conflict[] {
  const method = methods.get(String(valueAt(written, ['method', 'id'])))
  if (!method?.losses.retain || (valueAt(written, ['retain']) ?? null) !== null) return []
  return [
    {
      at: ['retain'],
      part: 'key',
      code: 'missing',
      expected: `a retain set, since method ${method.id} has a retain loss`,
      got: 'nothing',
      hint: 'Add retain: { path: … } with examples of what is to be kept, or retain: auto if you have none',
    },
  ]
}

/** A method that compares gradients as the optimiser scales them needs one that scales each weight's by a factor. */
function metricConflicts(written: unknown, registry: Registry): Conflict[] {
  const method = methodSchemaFor(valueAt(written, ['method']), registry).safeParse(
    valueAt(written, ['method']),
  )
  if (!method.success) return []
  const { combiner, combinerKnobs } = resolveMethod(method.data, registry)
  const id = String(valueAt(written, ['train', 'optimizer', 'id']) ?? 'adamw')
  const optimizer = registry.optimizers.get(id)
  if (metricOf(combiner, combinerKnobs) === 'euclidean' || !optimizer || optimizer.preconditioner)
    return []
  const able = [...registry.optimizers.values()].filter(({ preconditioner }) => preconditioner)
  return [
    {
      at: ['train', 'optimizer'],
      part: 'value',
      code: 'conflict',
      expected: `${able.map((each) => each.id).join(' or ')}, since metric optimizer needs a factor for each weight`,
      got: id,
    },
  ]
}

/** What chooses answer tokens says nothing of a loss that looks at other positions. */
function positionConflicts(written: unknown, registry: Registry): Conflict[] {
  const method = methodSchemaFor(valueAt(written, ['method']), registry).safeParse(
    valueAt(written, ['method']),
  )
  if (!method.success) return []
  const resolved = resolveMethod(method.data, registry)
  const elsewhere = (['forget', 'retain'] as const).filter((group) => {
    const positions = resolved[`${group}Loss`]?.positions?.(resolved[`${group}Knobs`])
    return (positions ?? 'answers') !== 'answers'
  })
  const choosing = [
    ...elsewhere.map((group) => [group, 'tokens']),
    ...(elsewhere[0] ? [['goal']] : []),
  ]
  return choosing.flatMap((at): Conflict[] => {
    const chosen = valueAt(written, at) ?? null
    const isAll = chosen === null || valueAt(written, [...at, 'id']) === 'all'
    if (isAll) return []
    return [
      {
        at,
        part: 'key',
        code: 'conflict',
        expected: `no ${at.join('.')} beside method.variant ${method.data.variant}, whose losses look at other positions than answer tokens`,
        got: describeValue(chosen),
      },
    ]
  })
}

/** Some ways to forget are no loop of gradients. */
function valueHint(path: Path, value: unknown, { editRules }: Registry): string | undefined {
  return pathText(path) === 'method.id' && editRules.has(String(value))
    ? `${value} changes the weights without a loop of gradients: write a recipe of stages with edit: ${value}, as in recipes/${value}.yaml`
    : undefined
}

/** Says which loss or method has a knob that the chosen one does not have. */
function keyHint(path: Path, key: string, registry: Registry): string | undefined {
  return path.length === 1 && path[0] === 'method' ? knobHint(key, registry) : undefined
}
