import { templateProblems } from '../data/template.ts'
import { knobsOf, methodSchemaFor, methods } from '../method/index.ts'
import { lengthConflicts } from './conflicts.ts'
import type { Path } from './document.ts'
import { expandAt } from './part.ts'
import { type Conflict, type RecipeKind, recipeName } from './resolve.ts'
import { type Recipe, recipeSchema } from './schema.ts'
import { trainOptions } from './train-options.ts'
import { isMapping, valueAt } from './value.ts'

/** The recipe of `lethe run`: a trained model, what to forget, what to keep, and how. */
export const unlearnKind: RecipeKind<Recipe> = {
  id: 'unlearn',
  title: 'an unlearning recipe',
  expand: (written) => expandAt(expandAt(written, ['method']), ['train', 'optimizer']),
  schemaFor: (written, file) =>
    recipeSchema({
      method: methodSchemaFor(valueAt(written, ['method'])),
      train: trainOptions(written, 1e-5),
      name: recipeName(file),
    }),
  conflicts: (written) => [
    ...lengthConflicts(written),
    ...retainConflicts(written),
    ...templateConflicts(written),
  ],
  files: () => [
    { at: ['model'], kind: 'model' },
    { at: ['forget', 'path'], kind: 'data' },
    { at: ['retain', 'path'], kind: 'data' },
  ],
  keyHint,
}

/** A method with a retain loss needs a retain set. */
function retainConflicts(written: unknown): Conflict[] {
  const method = methods.get(String(valueAt(written, ['method', 'id'])))
  if (!method?.losses.retain || (valueAt(written, ['retain']) ?? null) !== null) return []
  return [
    {
      at: ['retain'],
      part: 'key',
      code: 'missing',
      expected: `a retain set, since method ${method.id} has a retain loss`,
      got: 'nothing',
      hint: 'Add retain: { path: … } with examples of what is to be kept',
    },
  ]
}

/** Templates need their placeholders. */
function templateConflicts(written: unknown): Conflict[] {
  return ['forget', 'retain'].flatMap((set) => {
    const template = valueAt(written, [set, 'template'])
    if (!isMapping(template)) return []
    const { prompt, answer } = template
    if (typeof prompt !== 'string' || typeof answer !== 'string') return []
    return templateProblems({ prompt, answer }, '').map(({ path, ...problem }) => ({
      ...problem,
      at: [set, 'template', String(path).slice(1)],
      part: 'value' as const,
    }))
  })
}

/** Says which loss or method has a knob that the chosen one does not have. */
function keyHint(path: Path, key: string): string | undefined {
  if (path.length !== 1 || path[0] !== 'method') return undefined
  const owners = [...methods.values()].flatMap((method) =>
    knobsOf(method)
      .filter((knob) => knob.name === key)
      .map(({ part }) =>
        part.role === 'method' ? `method ${part.id}` : `${part.role} ${part.id} of ${method.id}`,
      ),
  )
  return owners.length > 0 ? `"${key}" is a knob of ${owners.join(', ')}` : undefined
}
