import type { z } from 'zod'

/** A way to change a model that is not one loop of gradients: a stage `edit` of a recipe. */
export interface EditRule<Schema extends z.ZodObject = z.ZodObject> {
  readonly id: string
  readonly title: string
  readonly source: string
  readonly formula: string
  /** One or two sentences. */
  readonly summary: string
  /** Knobs, each with a default and a description. */
  readonly schema: Schema
  /** What is known to go wrong with it, or with the code it was released with. */
  readonly defects: readonly string[]
}
