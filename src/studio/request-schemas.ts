import * as z from 'zod'

/** The query for a curve of a run. */
export const seriesQuery = z.object({
  value: z
    .string()
    .regex(/^[\w.]+$/)
    .describe('Path in step events: losses.forget, gradientNorms.update, learningRate, …'),
  buckets: z.coerce.number().int().min(1).max(5000).default(500),
})

/** The query for measured examples. */
export const samplesQuery = z.object({
  set: z.enum(['forget', 'retain']).optional(),
  phase: z.enum(['before', 'during', 'after']).optional(),
  search: z.string().max(200).optional().describe('Text in prompt, answer or generated text.'),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})

/** The query for a comparison of runs. */
export const compareQuery = z.object({
  forgetMetric: z.string().default('forget.rougeL'),
  utilityMetric: z.string().default('retain.rougeL'),
})

/** The query for stopping a run. */
export const stopQuery = z.object({
  how: z
    .enum(['saved', 'now'])
    .default('saved')
    .describe('saved: its state is saved first; now: it is killed.'),
})

/** The body that starts or plans a run. */
export const newRun = z.strictObject({
  recipe: z.string().min(1).describe('The text of a recipe.'),
})
