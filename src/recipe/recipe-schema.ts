import * as z from 'zod'
import type { PartSettings } from './part.ts'
import { forgetSection, retainSection } from './section/data-section.ts'
import { goalSection } from './section/goal-section.ts'
import { pluginsSection } from './section/plugins-section.ts'
import type { SelectOptions } from './section/select-options.ts'
import { trackSection } from './section/track-section.ts'
import { evaluateSection, type TrainOptions, trainSection } from './section/train-section.ts'

/** What the schema of an unlearning recipe depends on. */
export interface RecipeOptions {
  /** The schema of the chosen method, with the knobs of its losses and its combiner. */
  method: z.ZodType<PartSettings>
  train: TrainOptions
  select: Readonly<Record<'forget' | 'retain', SelectOptions>>
  /** Name of the default output folder. */
  name: string
}

/** The schema of `lethe run`'s recipe. Every key refuses what it does not know. */
export function recipeSchema({ method, train, select, name }: RecipeOptions) {
  return z.strictObject({
    model: z
      .string()
      .min(1)
      .describe(
        'A Hugging Face model folder, relative to this recipe or to the current folder, or hub:owner/name for one in the local Hugging Face cache.',
      ),
    forget: forgetSection(select.forget).describe('What is to be forgotten.'),
    retain: retainSection(select.retain)
      .nullable()
      .default(null)
      .describe(
        'What is to be kept; auto where you have no texts. Only methods without a retain loss can do without it.',
      ),
    goal: goalSection,
    method: method.describe(
      'How it is forgotten: the id of a method, or a mapping of id and knobs.',
    ),
    train: trainSection(train),
    evaluate: evaluateSection,
    track: trackSection,
    plugins: pluginsSection,
    output: z
      .string()
      .min(1)
      .default(`runs/${name}`)
      .describe('Run folder, relative to the current folder.'),
  })
}

/** A complete unlearning recipe. */
export type Recipe = z.output<ReturnType<typeof recipeSchema>>
