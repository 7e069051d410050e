import { z } from 'zod'
import { doubts } from './doubts.ts'

const names = /^[A-Za-z][\w-]*$/
const file = z
  .union([z.string(), z.array(z.string()).min(1)])
  .describe('In the data folder; of a list, the first that is there.')

const plainTemplate = { prompt: z.string(), answer: z.string() }

const templateSchema = z.union([
  z.literal('auto'),
  z.literal('raw'),
  z.strictObject({
    ...plainTemplate,
    chat: z
      .boolean()
      .optional()
      .describe(
        'The prompt is a user’s message, and what stands before {answer} begins the answer.',
      ),
  }),
])

// What is optional here and has no default is not written into a declaration that does without: its hash stays what it was.
/** One list of rows, and what a model does with each. */
const setSchema = z.strictObject({
  file: file.optional(),
  rows: z
    .array(z.record(z.string(), z.unknown()))
    .min(1)
    .optional()
    .describe('The rows themselves, in place of a file.'),
  optional: z
    .boolean()
    .default(false)
    .describe('Whether the benchmark runs without it; its metrics then have no value.'),
  where: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .default({})
    .describe('Only rows with these values.'),
  prompt: z
    .string()
    .nullable()
    .default('question')
    .describe('The field that is asked; null for a text without prompt.'),
  template: templateSchema
    .default('auto')
    .describe(
      'auto: the chat template, else "Question: …"; raw: the field as it is; or {prompt, answer}.',
    ),
  instruction: z
    .string()
    .default('')
    .describe(
      'Text before every prompt, the examples included; {field} is the row’s, its underscores as spaces.',
    ),
  shots: z
    .strictObject({
      file,
      prompt: z.string().default('question'),
      answer: z.string().default('answer'),
      count: z.int().min(1).describe('How many, from the first.'),
      match: z
        .string()
        .optional()
        .describe('Only examples with the row’s value of this field, such as its subject.'),
      separator: z.string().default('\n\n').describe('Text after each.'),
    })
    .nullable()
    .default(null)
    .describe('Examples with answers before every prompt; with template raw or {prompt, answer}.'),
  texts: z
    .record(z.string().regex(names), z.string())
    .default({})
    .describe('Texts whose tokens are scored after the prompt: name → field, a text or a list.'),
  end: z.boolean().default(true).describe('Whether the end token is scored with a text.'),
  choices: z
    .strictObject({ field: z.string(), gold: z.string() })
    .nullable()
    .default(null)
    .describe(
      'Multiple choice as lm-evaluation-harness asks it: options A, B, … after the question.',
    ),
  distribution: z
    .boolean()
    .default(false)
    .describe('Whether mean and variance of log p are recorded, for min-k++.'),
  gradientNorms: z
    .boolean()
    .optional()
    .describe(
      'Whether the norm of the loss’s gradient for every weight is recorded, for the gradient-norm attack: a pass there and back for each text.',
    ),
  patchedLayers: z
    .boolean()
    .optional()
    .describe(
      'Whether it is recorded how likely the original model finds a text with this model’s activations after each layer, for unlearning depth: one pass a layer, and both models in memory.',
    ),
  probes: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .optional()
    .describe('Other probes whose findings are recorded: id → knobs, {} for their defaults.'),
  generate: z
    .strictObject({
      maxNewTokens: z.int().min(1),
      reference: z.string().describe('The field that the greedy answer is compared with.'),
      referenceTokens: z
        .int()
        .min(1)
        .nullable()
        .default(null)
        .describe('Cut the reference to these.'),
      stopAt: z.array(z.string()).default([]).describe('The answer is cut at the first of these.'),
      samples: z
        .strictObject({
          count: z.int().min(1).describe('How many answers are drawn for each prompt.'),
          temperature: z.number().gt(0).default(1),
          topP: z.number().gt(0).max(1).default(1).describe('1: among all tokens.'),
          seed: z.int().min(0).default(0),
        })
        .optional()
        .describe('Answers that are drawn beside the greedy one, for leak@k.'),
    })
    .nullable()
    .default(null),
})

export const directionSchema = z
  .union([
    z.literal('lower'),
    z.literal('higher'),
    z.literal('neverTrained'),
    z.strictObject({ target: z.number() }),
  ])
  .describe('Which way is better; neverTrained: towards the value of that model.')

/** The id of a metric; that it is one is checked where it is known what there is. */
export const kindName = z.string().describe('How it is measured; a plugin may define more.')

const metricSchema = z.strictObject({
  kind: kindName,
  better: directionSchema,
  options: z.record(z.string(), z.unknown()).default({}).describe('Options of that kind.'),
})

const compositeSchema = z.strictObject({
  combine: z.enum(['harmonic-mean', 'mean']),
  better: directionSchema,
  of: z
    .array(
      z.strictObject({
        metric: z.string(),
        complement: z.boolean().default(false).describe('1 − value.'),
        overOriginal: z.boolean().default(false).describe('Divided by the original model’s value.'),
      }),
    )
    .min(1),
})

const extraSchema = z.strictObject({
  description: z.string().describe('What it adds, and what it costs.'),
  sets: z.record(z.string().regex(names), setSchema),
  metrics: z.record(z.string(), metricSchema),
})

const cautionSchema = z.strictObject({
  broken: z.boolean().default(false).describe('Only of a broken model.'),
  when: z
    .array(
      z.strictObject({
        metric: z.string(),
        above: z.number().optional(),
        below: z.number().optional(),
      }),
    )
    .min(1)
    .describe('All of these values must be there, and beyond their bound.'),
  text: z.string().describe('What a reader must be told; {metric} is its value.'),
})

const earlierSchema = z.strictObject({
  renamed: z
    .record(z.string(), z.string())
    .default({})
    .describe('Metrics and composites → what they were called.'),
  added: z.array(z.string()).default([]).describe('Metrics and composites that there were not.'),
})

const readingSchema = z.strictObject({
  first: z
    .array(z.string())
    .default([])
    .describe('Metrics that tables show first, beside those of the ranking.'),
  settles: z
    .record(z.string(), z.array(z.enum(doubts)))
    .default({})
    .describe('Metrics that say something of what is otherwise not shown of a model.'),
  cautions: z
    .array(cautionSchema)
    .default([])
    .describe('Known ways to have good values with a bad model.'),
  notes: z.array(z.string()).optional().describe('What else a reader must know of its numbers.'),
})

/** A benchmark: data, prompts, metrics, references, aggregate. What ships is written in this form, and so is your own. */
export const benchmarkSchema = z.strictObject({
  id: z.string().regex(/^[\w./-]+$/),
  title: z.string(),
  source: z.string().default(''),
  notes: z.array(z.string()).default([]).describe('What a reader must know of its numbers.'),
  hub: z.string().nullable().default(null).describe('The dataset on the Hugging Face hub.'),
  training: z
    .strictObject({
      forget: file,
      retain: file,
      where: z
        .record(z.string(), z.union([z.string(), z.number()]))
        .optional()
        .describe('Only rows with these values are trained on, to forget or to keep.'),
      template: z
        .strictObject(plainTemplate)
        .optional()
        .describe('How its questions are written for unlearning; as a recipe does unless given.'),
      original: file
        .nullable()
        .default(null)
        .describe('What the original model is trained on; null: what is forgotten and kept.'),
      studies: z
        .record(
          z.string().regex(names),
          z.strictObject({
            forget: z.array(file).min(1).describe('Files to be forgotten, one a step.'),
            sequential: z
              .boolean()
              .describe('Whether each step begins with the model of the one before.'),
          }),
        )
        .default({})
        .describe('Forgetting more and more, or again and again: --study of benchmark run.'),
    })
    .nullable()
    .default(null)
    .describe('Files of the data folder that unlearning, and the reference models, train on.'),
  splits: z
    .strictObject({
      file: z.string().describe('A JSON object in the data folder: row id → { field: split }.'),
      field: z.string(),
      recipe: z
        .string()
        .optional()
        .describe('How that file is made, for whoever has the data without it.'),
      tune: z.array(z.string()).min(1).describe('What may be tuned on; the rest only if told.'),
      evaluate: z.array(z.string()).min(1).describe('What is evaluated unless told otherwise.'),
    })
    .nullable()
    .default(null)
    .describe('Parts of the rows, where some must not be tuned on.'),
  sets: z.record(z.string().regex(names), setSchema),
  metrics: z.record(z.string(), metricSchema),
  composites: z.record(z.string(), compositeSchema).default({}),
  extras: z
    .record(z.string().regex(/^[a-z][a-z\d-]*$/), extraSchema)
    .default({})
    .describe(
      'Sets and metrics that are measured only if asked for by --with, for what they cost.',
    ),
  ranking: z
    .strictObject({
      forget: z.string().describe('The metric of forgetting.'),
      utility: z.string().describe('The metric of what has to stay.'),
      score: z.string().nullable().default(null).describe('What a ranking sorts by.'),
      repetition: z
        .string()
        .nullable()
        .default(null)
        .describe('The metric that tells a collapsed model.'),
    })
    .describe('What figures and rankings look at.'),
  reading: readingSchema
    .optional()
    .describe('How its numbers are to be read; no part of what is measured.'),
  earlier: earlierSchema
    .optional()
    .describe(
      'How an earlier declaration of the same records differed: evaluations by either are alike.',
    ),
})

export type Benchmark = z.output<typeof benchmarkSchema>
/** Names of a file in the data folder: of several, the first that is there. */
export type FileNames = z.output<typeof file>
export type BenchmarkSet = z.output<typeof setSchema>
export type BenchmarkMetric = z.output<typeof metricSchema>
export type BenchmarkComposite = z.output<typeof compositeSchema>
/** Which way is better: down, up, towards the value of the model never trained on the forget set, or towards a number. */
export type Direction = z.output<typeof directionSchema>
export type Caution = z.output<typeof cautionSchema>

/** Whether all rows of a benchmark are in its declaration, so that it reads no folder. */
export function bringsItsRows({ sets, splits }: Benchmark): boolean {
  return !splits && Object.values(sets).every(({ file, shots }) => !file && !shots)
}

/** What a reader must know of its numbers. */
export function notesOf({ notes, reading }: Benchmark): string[] {
  return [...notes, ...(reading?.notes ?? [])]
}

/** A benchmark as it is written: defaults left out. */
export type BenchmarkDefinition = z.input<typeof benchmarkSchema>
