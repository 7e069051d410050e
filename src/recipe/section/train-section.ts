import * as z from 'zod'
import { adapters } from '../../model/adapter/adapters.ts'
import { sharpness } from '../../parts/combine/sharpness.ts'
import { scheduleKinds } from '../../parts/optim/schedule.ts'
import type { ParameterChoice } from '../../train/trainable-set.ts'
import { weightFormats } from '../../train/weight-format.ts'
import type { PartSettings } from '../part.ts'
import { evaluationSettings } from './evaluation-section.ts'

/** `n` steps, at the end of each epoch, or never. */
function interval(what: string) {
  return z
    .union([z.literal('epoch'), z.int().positive(), z.null()])
    .default('epoch')
    .describe(`${what}: a number of steps, "epoch" for the end of each epoch, or null for never.`)
}

/** What the schema of `train` depends on. */
export interface TrainOptions {
  /** The schema of how gradients are found. */
  gradients: z.ZodType<PartSettings>
  /** The chosen optimiser's schema. */
  optimizer: z.ZodType<PartSettings>
  /** Whether the length is given in steps, so that epochs have no default. */
  hasSteps: boolean
  /** The default. */
  learningRate: number
}

/** What `lethe run` and `lethe pretrain` have in common: length, batches, optimiser, schedule, saving. */
export function trainFields({ optimizer, hasSteps, learningRate }: TrainOptions) {
  return {
    epochs: z
      .int()
      .positive()
      .nullable()
      .default(hasSteps ? null : 5)
      .describe(
        'Passes over the data (the forget set, when unlearning). Give epochs or steps, not both; 5 epochs if neither.',
      ),
    steps: z
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe('Optimiser steps, instead of epochs.'),
    batchSize: z
      .int()
      .positive()
      .default(8)
      .describe(
        'Sequences in one micro-batch (forget sequences, when unlearning; each brings one retain sequence).',
      ),
    accumulate: z
      .int()
      .positive()
      .default(1)
      .describe(
        'Micro-batches in one optimiser step. The effective batch is batchSize · accumulate, with exactly the gradient that one batch of that size has.',
      ),
    learningRate: z
      .number()
      .positive()
      .default(learningRate)
      .describe('Highest learning rate, reached after the warm-up.'),
    optimizer: optimizer
      .prefault({})
      .describe('The optimiser: its id, or a mapping of id and knobs.'),
    schedule: z
      .enum(scheduleKinds)
      .default('constant')
      .describe('Learning rate after the warm-up: constant, or falling to 0 at the last step.'),
    warmupSteps: z
      .int()
      .nonnegative()
      .default(0)
      .describe('Optimiser steps in which the learning rate rises linearly from 0.'),
    clipNorm: z
      .number()
      .positive()
      .nullable()
      .default(1)
      .describe(
        'Largest norm of the update direction over all tensors; longer ones are scaled down. null: no clipping.',
      ),
    saveEvery: z
      .union([z.enum(['auto', 'epoch']), z.int().positive(), z.null()])
      .default('auto')
      .describe(
        'How often the complete training state is saved: "auto" for as often as it is worth the time, at least a minute and twenty times what saving takes apart, a number of steps, "epoch" for the end of each epoch, or null for never. Stopped by Ctrl-C, and at the end, it is saved in any case.',
      ),
    keepStates: z
      .int()
      .positive()
      .default(2)
      .describe('How many saved states are kept; older ones are deleted.'),
  }
}

const adapterChoices = [...adapters.values()].map(({ id, schema, summary }) =>
  z.strictObject({ [id]: schema.describe(summary) }),
)

const parameterChoice: z.ZodType<ParameterChoice> = z.union([
  z.literal('all'),
  z.literal('auto'),
  z.strictObject({
    pattern: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .describe(
        'Names of the weights to train: * for anything, {5-7} for a layer in that range, {0%-25%} for one in that share of the depth, {a|b} for one of several. "model.layers.*.mlp.down_proj.weight".',
      ),
  }),
  ...adapterChoices,
])

const parameters = parameterChoice
  .default('all')
  .describe(
    'What is trained: "all", the weights of a pattern, low-rank adapters, or "auto" for all weights of a model up to 64 million and adapters of rank 16 of a larger one. Everything else stays frozen.',
  )

const guards = z
  .strictObject({
    nonFinite: z
      .boolean()
      .default(true)
      .describe('Stop when a loss or a gradient norm is not a finite number.'),
    retainLossRise: z
      .number()
      .positive()
      .nullable()
      .default(2)
      .describe(
        'Stop when the retain loss, as the mean of eight steps, is this many nats per token above that of the first step. null: off.',
      ),
    repetition: z
      .number()
      .gt(0)
      .max(1)
      .nullable()
      .default(0.8)
      .describe(
        'Stop when this share of the 4-grams in the probes’ answers on the retain set are repeats. null: off.',
      ),
    utilityFloor: z
      .number()
      .gt(0)
      .max(1)
      .nullable()
      .default(0.5)
      .describe(
        'Stop when the answer probability on the retain set falls below this share of its value before training. null: off.',
      ),
    noEffect: z
      .number()
      .gt(0)
      .max(1)
      .nullable()
      .default(0.01)
      .describe(
        'Warn when, at the end, the answer probability on the forget set has changed by less than this share. null: off.',
      ),
  })
  .prefault({})
  .describe(
    'When to stop, with the reason and a loadable last good state, rather than go on and ruin the model.',
  )

/** `train` of an unlearning recipe. */
export function trainSection(options: TrainOptions) {
  const { saveEvery, keepStates, ...fields } = trainFields(options)
  return z
    .strictObject({
      ...fields,
      parameters,
      weights: z
        .enum(weightFormats)
        .default('f32')
        .describe(
          'What trained weights are rounded to after each update: f32 keeps every update; bf16, without a float32 copy, is for reproducing released TOFU runs, where an update of 1e-5 moves about 5 % of the weights. Neither memory nor time is saved.',
        ),
      gradients: options.gradients
        .prefault({})
        .describe(
          'How gradients are found: "exact", "zeroth-order" (from losses alone, without backpropagation) or "hybrid" (in turns), or a mapping of id and knobs.',
        ),
      sharpness: sharpness.schema
        .nullable()
        .default(null)
        .describe(
          'Take each loss’s gradient a little uphill of it (SAMO), against relearning and for what is kept; a second backward pass over each set. null: where the weights are.',
        ),
      softmaxRadius: z
        .number()
        .positive()
        .nullable()
        .default(null)
        .describe(
          'Cap each update at this many radii of the output softmax, 0.5 to start with and 1 at the edge (Ghosts of Softmax), for two forward passes: against losses that run away. null: no cap.',
        ),
      adaptRateEvery: z
        .int()
        .positive()
        .nullable()
        .default(null)
        .describe(
          'Steps between looks at which the learning rate moves towards what lowers the retain loss most along the update (GeN), for three forward passes; null: it follows the schedule alone.',
        ),
      groupRates: z
        .strictObject({
          groups: z
            .array(z.string())
            .min(1)
            .describe(
              'Patterns of names of trained weights; each is a group, and a weight belongs to the first that fits.',
            ),
          every: z
            .int()
            .positive()
            .default(20)
            .describe('Steps between looks, each of two forward passes a group and one more.'),
          budget: z
            .number()
            .gt(0)
            .max(1)
            .default(0.1)
            .describe(
              'Share of the trained parameters for which the most influential groups are named at the end (AdaPEFT).',
            ),
        })
        .nullable()
        .default(null)
        .describe(
          'A learning rate of its own for every group of weights, moved at looks towards what lowers the losses most along the update (Hi-DLR). null: one for all.',
        ),
      seed: z
        .int()
        .nonnegative()
        .default(0)
        .describe('Seed of everything random: order, retain draws, adapters.'),
      saveEvery,
      keepStates,
      guards,
    })
    .prefault({})
    .describe('How it is trained.')
}

/** `evaluate` of an unlearning recipe. */
export const evaluateSection = z
  .strictObject({
    every: interval('How often the model is measured between start and end'),
    probes: z
      .int()
      .nonnegative()
      .default(4)
      .describe('Fixed prompts of each set whose answers are shown before, during and after.'),
    maxNewTokens: z
      .int()
      .positive()
      .default(64)
      .describe('Longest answer that is generated, in tokens.'),
    limit: z
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe('Examples of each set that are measured; null: all.'),
    benchmark: evaluationSettings
      .nullable()
      .default(null)
      .describe(
        'What the model is measured on when it is trained, as lethe eval --benchmark does: {id, data, …}; null: nothing.',
      ),
  })
  .prefault({})
  .describe('What is measured and how often.')
