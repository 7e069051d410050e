import * as z from 'zod'
import { maxLength, template } from './section/data-section.ts'
import { pluginsSection } from './section/plugins-section.ts'
import { trackSection } from './section/track-section.ts'
import { type TrainOptions, trainFields } from './section/train-section.ts'

const architecture = z.strictObject({
  model_type: z.enum(['llama']).default('llama').describe('Architecture.'),
  hidden_size: z.int().positive().describe('Width of the residual stream, dim.'),
  intermediate_size: z.int().positive().describe('Width inside the feed-forward blocks.'),
  num_hidden_layers: z.int().positive().describe('Layers.'),
  num_attention_heads: z.int().positive().describe('Query heads; hidden_size must be a multiple.'),
  num_key_value_heads: z
    .int()
    .positive()
    .nullable()
    .default(null)
    .describe(
      'Key and value heads, of which num_attention_heads must be a multiple. null: as many as query heads.',
    ),
  max_position_embeddings: z.int().positive().default(512).describe('Longest sequence in tokens.'),
  rope_theta: z.number().positive().default(10000).describe('Base of the rotary frequencies.'),
  tie_word_embeddings: z
    .boolean()
    .default(false)
    .describe('Whether the head shares the embedding matrix, which saves vocab · dim weights.'),
  rms_norm_eps: z
    .number()
    .positive()
    .default(1e-6)
    .describe('Added to the mean square in every normalisation.'),
  initializer_range: z
    .number()
    .positive()
    .default(0.02)
    .describe('Standard deviation of the random first weights.'),
})

const model = z
  .union([
    architecture,
    z.strictObject({
      path: z
        .string()
        .min(1)
        .describe('A Hugging Face model folder whose model is trained further, in its own dtype.'),
    }),
  ])
  .describe(
    'Architecture of a new model, with the keys and defaults of a Hugging Face config.json, or a model that is there (path).',
  )

const tokenizer = z
  .union([
    z.strictObject({
      vocabSize: z
        .int()
        .min(257)
        .describe(
          'Train a byte-level BPE tokenizer on the data, with this many tokens (256 bytes, special tokens, merges).',
        ),
    }),
    z.strictObject({
      path: z.string().min(1).describe('A folder with tokenizer.json to take as it is.'),
    }),
  ])
  .nullable()
  .default(null)
  .describe(
    'Train a tokenizer (vocabSize) or take one (path). null: that of the model which is trained further.',
  )

const data = z
  .strictObject({
    path: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .describe(
        'A .jsonl or .json file, or a list of them, relative to this recipe or to the current folder.',
      ),
    template,
    trainPrompts: z
      .boolean()
      .default(false)
      .describe(
        'Whether prompts are learned as well as answers: more of each text to learn its language from.',
      ),
    maxLength,
    limit: z
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe('Only the first examples of each file; null: all.'),
  })
  .describe('What the model learns.')

/** The schema of `lethe pretrain`'s recipe, given what `train` depends on and the name for the default output folder. */
export function pretrainSchema(train: TrainOptions, name: string) {
  return z.strictObject({
    model,
    tokenizer,
    data,
    train: z.strictObject(trainFields(train)).prefault({}).describe('How it is trained.'),
    seed: z
      .int()
      .nonnegative()
      .default(0)
      .describe('Seed of everything random: first weights, order.'),
    dtype: z
      .enum(['bf16', 'f32'])
      .default('bf16')
      .describe('Number type of the written weights of a new model; training is in f32.'),
    track: trackSection,
    plugins: pluginsSection,
    output: z
      .string()
      .min(1)
      .default(`runs/${name}`)
      .describe('Run folder, relative to the current folder; the model is written to its model/.'),
  })
}

/** A complete pretraining recipe. */
export type PretrainRecipe = z.output<ReturnType<typeof pretrainSchema>>
