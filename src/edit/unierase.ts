import { z } from 'zod'
import type { EditRule } from './edit-rule.ts'

const schema = z.strictObject({
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

/** UniErase: a learned token that makes the model refuse, and a weight edit that makes forget questions call it. */
export const unierase: EditRule<typeof schema> = {
  id: 'unierase',
  title: 'Unlearning token and weight edit (UniErase)',
  source: 'arXiv:2505.15674; Ymm-cll/UniErase',
  formula:
    'min_e CE(refusal | question ⊕ e), then W ← W + Δ, Δ·(E[kkᵀ] + preserve·C + ridge·s·I) = E[r·kᵀ]',
  summary:
    'Learns the embedding of a token after which the model refuses, then changes a few feed-forward matrices in closed form so that the questions of the forget set are answered with that token.',
  schema,
  defects: [
    'What was to be forgotten is still there: it is hidden behind the token, and other ways to ask, or the first word of an answer given, bring it out.',
    'The edit reads the last token of a question, where the paper, by EasyEdit, needs the subject of a fact. A chat template ends every question with the same token, so early layers have little to tell questions apart.',
    'One token serves the whole forget set, where the paper has one for about 400 items; they are learned with the template of the data alone.',
    'Where the head is tied, what is learned as an input is also the row that gives the token its logit: a high learning rate makes it long, and the token likely after retain questions too.',
    'A model that has never refused anything cannot be made to by one embedding: it says something else after the token, or the answer itself.',
    'What is to stay is measured on the retain set, where the paper takes 100,000 samples of Wikipedia; what neither names may change.',
    'Released code takes the mean of a weight for the standard deviation of the noise, which may be 0 or negative.',
    'A model whose family normalises what a layer adds (olmo2) is refused.',
  ],
}
