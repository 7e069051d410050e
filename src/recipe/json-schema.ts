import * as z from 'zod'
import { methodSchema, methods } from '../method/index.ts'
import { optimizers } from '../optim/index.ts'
import type { PartSettings } from './part.ts'
import { pretrainSchema } from './pretrain-schema.ts'
import { recipeSchema } from './schema.ts'
import type { TrainOptions } from './train-section.ts'

/** JSON Schemas of the two kinds of recipe, for editors: completion, hover texts, marks under mistakes. */
export function recipeJsonSchemas(): { recipe: object; pretrain: object } {
  const train: TrainOptions = { optimizer: anyOptimizer(), hasSteps: false, learningRate: 1e-5 }
  const name = '<name of the recipe>'
  const method = methodSchema() as z.ZodType<PartSettings>
  return {
    recipe: jsonSchema('Lethe unlearning recipe', recipeSchema({ method, train, name })),
    pretrain: jsonSchema(
      'Lethe pretraining recipe',
      pretrainSchema({ ...train, learningRate: 1e-3 }, name),
    ),
  }
}

/** Every optimiser with its knobs; the id may be left out for the first. */
function anyOptimizer(): z.ZodType<PartSettings> {
  const options = [...optimizers.values()].map(({ id, title, schema }, index) =>
    z.strictObject({
      id: index === 0 ? z.literal(id).default(id).describe(title) : z.literal(id).describe(title),
      ...schema.shape,
    }),
  )
  return z.union(options) as unknown as z.ZodType<PartSettings>
}

function jsonSchema(title: string, schema: z.ZodType): object {
  const json = z.toJSONSchema(schema, { io: 'input' })
  const properties = json.properties as Record<string, z.core.JSONSchema.BaseSchema>
  allowName(properties, 'method', [...methods.keys()])
  allowName(properties.train.properties as typeof properties, 'optimizer', [...optimizers.keys()])
  properties.$schema = { type: 'string', description: 'The schema, in a JSON recipe.' }
  const { $schema, ...rest } = json
  return { $schema, title, ...rest }
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
