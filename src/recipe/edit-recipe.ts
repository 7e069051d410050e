import * as z from 'zod'
import type { RecipeKind } from './examine-recipe.ts'
import { expandAt, type PartSettings, partSchema } from './part.ts'
import type { Registry } from './registry.ts'
import { dataSection, forgetSection } from './section/data-section.ts'
import {
  expandPlugins,
  type PluginSettings,
  pluginFiles,
  pluginsSection,
} from './section/plugins-section.ts'
import { selectOptions } from './section/select-options.ts'
import { templateConflicts } from './template-conflicts.ts'
import { valueAt } from './value-path.ts'

/** The whole recipe of a stage `edit`: a model, what to forget, what to keep, and a rule. */
export interface EditRecipe {
  readonly model: string
  readonly forget: EditSections['forget']
  readonly retain: EditSections['retain']
  readonly edit: PartSettings
  readonly plugins?: readonly PluginSettings[] | undefined
  readonly output: string
}

type EditSections = { [Set in 'forget' | 'retain']: z.output<ReturnType<typeof sections>[Set]> }

/** All of a set takes part, so nothing selects. */
function sections(written: unknown, registry: Registry) {
  const selectors = { tokens: true, examples: true } as const
  return {
    forget: forgetSection(selectOptions(written, 'forget', registry)).omit({
      ...selectors,
      preferred: true,
    }),
    retain: dataSection('chosen', selectOptions(written, 'retain', registry)).omit(selectors),
  }
}

/** What is written for a stage `edit`, with the sections that stages share. */
export function editKind(registry: Registry): RecipeKind<EditRecipe> {
  return {
    id: 'edit',
    title: 'an edit of a model',
    expand: (written) => expandAt(expandPlugins(written), ['edit']),
    schemaFor: (written) =>
      z.strictObject({
        model: z.string().min(1),
        ...sections(written, registry),
        plugins: pluginsSection,
        edit: partSchema(registry.editRules, valueAt(written, ['edit']), 'unierase'),
        output: z.string().min(1),
      }),
    conflicts: templateConflicts,
    files: (written) => [
      ...pluginFiles(written),
      { at: ['model'], kind: 'model' },
      { at: ['forget', 'path'], kind: 'data' },
      { at: ['forget', 'refusals'], kind: 'text' },
      { at: ['retain', 'path'], kind: 'data' },
    ],
  }
}
