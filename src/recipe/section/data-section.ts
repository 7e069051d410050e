import * as z from 'zod'
import type { SelectOptions } from './select-options.ts'

/** In place of a path: what the starting model says by itself is kept. `retain: auto` is short for it. */
export const automaticData = 'auto'

/** `maxLength` of a data set, in either kind of recipe. */
export const maxLength = z
  .int()
  .min(2)
  .nullable()
  .default(null)
  .describe(
    'Longest sequence in tokens; longer ones are cut, and counted. null: what the model can take.',
  )

/** `template` of a data set, in either kind of recipe. */
export const template = z
  .union([
    z.literal('plain'),
    z.strictObject({
      prompt: z.string().describe('Text before the answer, with {question} in it.'),
      answer: z.string().describe('Text of the answer, with {answer} in it.'),
    }),
  ])
  .nullable()
  .default(null)
  .describe(
    'How a prompt is written: "plain" (Question: … Answer: …), a template of your own, or null for the chat template of the model where it has one, else plain.',
  )

/** `forget`: what the answers are compared with, for methods that need it. */
export function forgetSection(select: SelectOptions) {
  return dataSection('rejected', select).extend({
    preferred: z
      .enum(['chosen', 'refusal'])
      .nullable()
      .default(null)
      .describe(
        'What a method of preferences prefers to the answer to be forgotten: "chosen" of {…, chosen, rejected} records, or a "refusal". null: chosen where the records have it, else a refusal.',
      ),
    refusals: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        'A text file with one refusal a line, relative to this recipe or to the current folder; null: a list of ours. Each example gets one of them, by the seed.',
      ),
  })
}

/** `retain`: a data set, or the starting model's own answers. */
export function retainSection(select: SelectOptions) {
  const section = dataSection('chosen', select)
  return section.extend({
    path: section.shape.path.describe(
      'A .jsonl or .json file, relative to this recipe or to the current folder; or auto, where you have no texts: answers of the starting model to questions that ship with Lethe, stored as retain.jsonl in the run folder.',
    ),
  })
}

/** One data set of an unlearning recipe; of preference pairs, `preferred` is the answer that is used by default. */
export function dataSection(preferred: 'chosen' | 'rejected', select: SelectOptions) {
  return z.strictObject({
    path: z
      .string()
      .min(1)
      .describe('A .jsonl or .json file, relative to this recipe or to the current folder.'),
    template,
    maxLength,
    offset: z
      .int()
      .nonnegative()
      .default(0)
      .describe('Examples at the start of the file that are passed over.'),
    limit: z
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe('Only so many examples of the file, from the offset on; null: all.'),
    preference: z
      .enum(['chosen', 'rejected'])
      .default(preferred)
      .describe('Which answer of {…, chosen, rejected} records is used.'),
    tokens: select.tokens
      .nullable()
      .default(null)
      .describe(
        'Which answer tokens take part: a selector, by its id or as a mapping of id and knobs. null: all.',
      ),
    examples: select.examples
      .nullable()
      .default(null)
      .describe(
        'Which examples take part, and how much: a selector, by its id or as a mapping of id and knobs. null: all alike.',
      ),
  })
}
