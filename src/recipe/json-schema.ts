import * as z from 'zod'
import { editRules } from '../edit/edit-rules.ts'
import { benchmarkSchema, kindName } from '../measure/benchmark.ts'
import { metricKinds } from '../measure/kind/kinds.ts'
import { methods } from '../method/methods.ts'
import { methodSchema } from '../method/schema.ts'
import { estimators } from '../parts/estimate/estimators.ts'
import { mergeRules } from '../parts/merge/merge-rules.ts'
import { optimizers } from '../parts/optim/optimizers.ts'
import { exampleSelectors, tokenSelectors } from '../parts/select/selectors.ts'
import type { Part, PartSettings } from './part.ts'
import { pretrainSchema } from './pretrain-schema.ts'
import { recipeSchema } from './recipe-schema.ts'
import { automaticData } from './section/data-section.ts'
import type { SelectOptions } from './section/select-options.ts'
import type { TrainOptions } from './section/train-section.ts'
import { type JsonSchema, shareDefinitions } from './share-definitions.ts'

/**
 * JSON Schemas of the kinds of recipe, for editors: completion, hover texts, marks under mistakes. What repeats is
 * referred to, inside a file or, in a recipe of stages, in `recipe.json` beside it.
 */
export function recipeJsonSchemas(): Record<
  'recipe' | 'pretrain' | 'stages' | 'benchmark',
  JsonSchema
> {
  const train: TrainOptions = {
    gradients: anyPart(estimators, 'exact'),
    optimizer: anyPart(optimizers, 'adamw'),
    hasSteps: false,
    learningRate: 1e-5,
  }
  const name = '<name of the recipe>'
  const selectors: SelectOptions = {
    tokens: anyPart(tokenSelectors),
    examples: anyPart(exampleSelectors),
  }
  const select = { forget: selectors, retain: selectors }
  const method = methodSchema() as z.ZodType<PartSettings>
  const recipe = jsonSchema(
    'Lethe unlearning recipe',
    recipeSchema({ method, train, select, name }),
  )
  return {
    recipe: shareDefinitions(recipe),
    stages: shareDefinitions(stagesSchema()),
    pretrain: shareDefinitions(
      jsonSchema(
        'Lethe pretraining recipe',
        pretrainSchema({ ...train, learningRate: 1e-3 }, name),
      ),
    ),
    benchmark: shareDefinitions({
      title: 'Lethe benchmark',
      ...z.toJSONSchema(benchmarkSchema, {
        io: 'input',
        // Names to choose from, and no bar to others: a plugin may define them.
        override({ zodSchema, jsonSchema }) {
          if (zodSchema === kindName) jsonSchema.examples = [...metricKinds.keys()]
        },
      }),
    }),
  }
}

/** Every part of a kind with its knobs; the id may be left out for the fallback. */
function anyPart(
  parts: ReadonlyMap<string, Part & { title: string }>,
  fallback?: string,
): z.ZodType<PartSettings> {
  const options = [...parts.values()].map(({ id, title, schema }) => {
    const name = z.literal(id)
    const named = id === fallback ? name.default(id) : name
    return z.strictObject({ id: named.describe(title), ...schema.shape })
  })
  return z.union(options) as z.ZodType<PartSettings>
}

function jsonSchema(title: string, schema: z.ZodType): JsonSchema {
  const json = z.toJSONSchema(schema, { io: 'input' })
  const properties = json.properties as Record<string, z.core.JSONSchema.BaseSchema>
  allowName(properties, 'method', [...methods.keys()])
  allowPaths(properties.plugins)
  const retain = properties.retain?.anyOf as z.core.JSONSchema.BaseSchema[] | undefined
  retain?.unshift({ type: 'string', enum: [automaticData] })
  const train = properties.train.properties as typeof properties
  allowName(train, 'optimizer', [...optimizers.keys()])
  allowName(train, 'gradients', [...estimators.keys()])
  for (const set of ['forget', 'retain'] as const) {
    const section = sectionOf(properties[set])
    if (!section) continue
    allowName(section, 'tokens', [...tokenSelectors.keys()])
    allowName(section, 'examples', [...exampleSelectors.keys()])
  }
  properties.$schema = { type: 'string', description: 'The schema, in a JSON recipe.' }
  const { $schema, ...rest } = json
  return { $schema, title, ...rest }
}

/** A recipe of stages has the sections of a recipe, and each stage those that it says otherwise. */
function stagesSchema(): JsonSchema {
  const ofRecipe = (key: string) => ({ $ref: `recipe.json#/properties/${key}` })
  const sections = Object.fromEntries(
    ['forget', 'retain', 'method', 'train', 'evaluate'].map((key) => [key, ofRecipe(key)]),
  )
  const text = (description: string) => ({ type: 'string', description })
  const merge = {
    type: 'object',
    description:
      'Merges the models of earlier stages, or of folders, that began with the same one.',
    properties: {
      of: {
        type: 'array',
        items: { type: 'string' },
        minItems: 2,
        description: 'Earlier stages, or model folders: paths with a slash.',
      },
      rule: { enum: [...mergeRules.keys()], default: 'ties', description: 'How.' },
      weights: { type: 'array', items: { type: 'number' }, description: '1 each unless given.' },
      density: { type: 'number', description: 'Of ties: share of the changes that is kept.' },
    },
    required: ['of'],
    additionalProperties: false,
  }
  const { $schema: _, ...editSchema } = z.toJSONSchema(
    anyPart(editRules).describe('Changes the model by a rule that is not a loop of gradients.'),
    { io: 'input' },
  )
  const own: Properties = { edit: editSchema }
  allowName(own, 'edit', [...editRules.keys()])
  const stage = {
    type: 'object',
    properties: {
      name: text('A name of its own.'),
      from: text('"start", or the stage whose model it begins with; the one before unless given.'),
      chunkSize: {
        type: 'integer',
        minimum: 1,
        description: 'The forget set is cut into pieces of so many examples, forgotten in turn.',
      },
      ...own,
      merge,
      ...sections,
    },
    required: ['name'],
    additionalProperties: false,
  }
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Lethe recipe of stages',
    type: 'object',
    properties: {
      model: ofRecipe('model'),
      ...sections,
      plugins: ofRecipe('plugins'),
      stages: { type: 'array', items: stage, minItems: 1, description: 'One after another.' },
      output: ofRecipe('output'),
      $schema: ofRecipe('$schema'),
    },
    required: ['model', 'stages'],
    additionalProperties: false,
  }
}

type Properties = Record<string, z.core.JSONSchema.BaseSchema>

/** The keys of a section, also of one that may be null. */
function sectionOf(field: z.core.JSONSchema.BaseSchema | undefined): Properties | undefined {
  const section = [field, ...(field?.anyOf ?? [])].find((each) => each && 'properties' in each)
  return (section as { properties?: Properties } | undefined)?.properties
}

/** A part may be given by its bare id. */
function allowName(
  properties: Record<string, z.core.JSONSchema.BaseSchema>,
  key: string,
  ids: string[],
): void {
  const field = properties[key]
  if (!field) return
  const { description, default: _, ...mapping } = field
  properties[key] = {
    ...(description ? { description } : {}),
    anyOf: [{ type: 'string', enum: ids }, mapping],
  }
}

/** A plugin may be given by its bare path. */
function allowPaths(plugins: z.core.JSONSchema.BaseSchema): void {
  const mapping = plugins.items as z.core.JSONSchema.BaseSchema
  plugins.items = { anyOf: [{ type: 'string', description: 'Its path.' }, mapping] }
}
