import { z } from 'zod'

/** Knobs of UniErase. */
export const unieraseKnobs = z.strictObject({
  token: z.string().min(1).default('<unlearn>').describe('text of the token that is added'),
  layers: z
    .string()
    .min(1)
    .default('*.{12.5%-28%}.mlp.{down_proj|fc2|dense_4h_to_h|c_proj}.weight')
    .describe('which matrices are edited, one a layer: a pattern of weight names'),
  epochs: z
    .int()
    .positive()
    .default(5)
    .describe('passes in which the token’s embedding is learned'),
  robustEpochs: z
    .int()
    .nonnegative()
    .default(2)
    .describe('passes for each edited matrix with noise on it, at a tenth of the learning rate'),
  learningRate: z.number().positive().default(1e-3).describe('of the token’s embedding'),
  noise: z
    .number()
    .nonnegative()
    .default(0.1)
    .describe('standard deviation of the noise, over that of the weight'),
  batchSize: z.int().positive().default(16).describe('questions at a time'),
  valueSteps: z.int().positive().default(10).describe('steps in which a target is looked for'),
  valueRate: z
    .number()
    .positive()
    .default(0.5)
    .describe('length of such a step, over the root mean square of the residual stream'),
  reach: z
    .number()
    .positive()
    .default(0.75)
    .describe('how far a target may be, over the length of the residual stream'),
  preserve: z
    .number()
    .nonnegative()
    .default(1)
    .describe('weight of what is to stay against what is to change'),
  ridge: z
    .number()
    .positive()
    .default(1e-3)
    .describe('weight of a small change, over the mean square of what the matrix reads'),
  seed: z.int().nonnegative().default(0).describe('of the token, the noise and the refusals'),
})

export type UnieraseKnobs = z.infer<typeof unieraseKnobs>
