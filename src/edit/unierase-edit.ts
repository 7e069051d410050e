import type { Example } from '../data/example.ts'
import { onHost } from '../engine/memory.ts'
import { graphWeights } from '../model/weights.ts'
import { createScorer } from '../train/scorer.ts'
import type { EditData, EditFigures, EditTask } from './edit-rule.ts'
import { type EditedLayer, editedLayers } from './edited-layers.ts'
import { type EditedModel, weightOf } from './edited-model.ts'
import { keyValueUpdate } from './key-value-update.ts'
import { learnToken, type TokenPhase } from './learn-token.ts'
import { keySecondMoment, readLayer } from './read-layer.ts'
import { targetShifts } from './target-shifts.ts'
import { refusalAfterToken, tokenAsAnswer, trainedFrom } from './token-examples.ts'
import type { UnieraseKnobs } from './unierase-knobs.ts'

/** Figures of the model before or after the edit. */
export interface UnieraseFigures {
  /** Mean over the forget questions of the probability that the answer begins with the token. */
  readonly tokenAfterForget: number
  /** The same over the retain questions, where it should stay 0. */
  readonly tokenAfterRetain: number
  /** Mean over answers of the geometric mean of their tokens' probabilities. */
  readonly forgetProbability: number
  readonly retainProbability: number
}

/** Retain examples that are measured before and after; enough for a mean to two digits. */
const measuredExamples = 200

/**
 * UniErase in place: learns the token, then changes one layer after another so that forget questions are answered with it.
 *
 * For the layers l = l_1 … l_n: `R = (z − h_L)/(n − k + 1)` with `z = h_L + δ` fixed before the first and h_L read anew;
 * `W_l ← W_l + keyValueUpdate(K_l, R)`, K_l what the matrix reads at the end of each forget question. What is to stay is what
 * it reads at the ends of retain questions, which are most like those of forget questions, and as much what it reads
 * anywhere in the retain set and in refusals after the token.
 *
 * @returns figures before and after, and the loss of the token
 */
export async function unieraseEdit({
  edited,
  data,
  knobs,
  token,
  progress,
}: EditTask<UnieraseKnobs>): Promise<EditFigures<keyof UnieraseFigures> & { tokenLoss: number }> {
  if (token === null) throw new Error('internal: UniErase needs the token that it asked for')
  const layers = editedLayers(edited.model, knobs.layers)
  const before = await measure(edited, data, token)
  const refusals = data.refusing.map((example) => refusalAfterToken(example, token))
  const { batchSize, noise, seed } = knobs
  const phases = phasesOf(knobs, layers)
  const tokenLoss = await learnToken(edited, refusals, {
    ...{ token, phases, batchSize, noise, seed },
    tell: ({ done, of, loss }) =>
      progress(
        `token: pass ${done} of ${of}, refusals after it cost ${loss.toFixed(2)} nats a token`,
      ),
  })
  await edited.round(edited.model.embeddingWeight)
  await edited.round(edited.model.headWeight)

  const questions = data.forget.map((example) => tokenAsAnswer(example, token))
  const ends = data.retain.map((example) => tokenAsAnswer(example, token))
  const anywhere = [
    ...data.retain.map((example) => trainedFrom(example, 0)),
    ...refusals.map((example) => trainedFrom(example, example.promptLength)),
  ]
  const top = layers[layers.length - 1]
  const target = await targets(edited, top, questions, knobs, progress)
  for (const [k, layer] of layers.entries()) {
    const { stream } = await readLayer(edited, top, questions)
    const { keys } = await readLayer(edited, layer, questions)
    const residuals = target.map((z, i) => (z - stream[i]) / (layers.length - k))
    const inputs = keys.length / questions.length
    const atEnds = await keySecondMoment(edited, layer, ends)
    const everywhere = await keySecondMoment(edited, layer, anywhere)
    const update = keyValueUpdate({
      keys,
      residuals,
      kept: atEnds.map((x, i) => (x + everywhere[i]) / 2),
      inputs,
      preserve: knobs.preserve,
      ridge: knobs.ridge,
    })
    await addUpdate(edited, layer, update, inputs)
    progress(`layer ${layer.layer} edited`)
  }
  return { before, after: await measure(edited, data, token), tokenLoss }
}

/**
 * The token alone, then at a tenth of the rate with each edited matrix disturbed in turn.
 *
 * Differs from the released code, which has three epochs between, with and without the chat template.
 */
function phasesOf(
  { learningRate, epochs, robustEpochs }: UnieraseKnobs,
  layers: readonly EditedLayer[],
): TokenPhase[] {
  const small = learningRate / 10
  return [
    { epochs, learningRate, noisy: null },
    ...layers.map(({ linear }) => {
      return { epochs: robustEpochs, learningRate: small, noisy: `${linear}.weight` }
    }),
  ]
}

/** `[questions, dim]`: where the residual stream after the top layer should be. */
async function targets(
  edited: EditedModel,
  top: EditedLayer,
  questions: readonly Example[],
  { batchSize, valueSteps, valueRate, reach }: UnieraseKnobs,
  progress: EditTask['progress'],
): Promise<Float32Array> {
  const { stream } = await readLayer(edited, top, questions)
  const { dim } = edited.model
  const target = stream.slice()
  for (let start = 0; start < questions.length; start += batchSize) {
    const end = Math.min(questions.length, start + batchSize)
    const shifts = await targetShifts(
      edited,
      questions.slice(start, end),
      stream.subarray(start * dim, end * dim),
      { linear: top.linear, steps: valueSteps, rate: valueRate, reach },
    )
    for (const [i, x] of shifts.entries()) target[start * dim + i] += x
    const step = { done: end, of: questions.length }
    progress(`targets: ${step.done} of ${step.of} questions`, step)
  }
  return target
}

/** `W += Δ`, rounded to what is stored, also where W is stored the other way round. */
async function addUpdate(
  edited: EditedModel,
  { linear }: EditedLayer,
  update: Float64Array,
  inputs: number,
): Promise<void> {
  const weight = weightOf(edited, `${linear}.weight`)
  const outputs = weight.length / inputs
  const isTransposed = edited.model.transposed.has(linear)
  await onHost(edited.engine.memory, [weight], ([array]) => {
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < inputs; i++)
        array[isTransposed ? i * outputs + o : o * inputs + i] += update[o * inputs + i]
  })
  await edited.round(`${linear}.weight`)
}

async function measure(
  { engine, model, values, inputs, padToken }: EditedModel,
  { forget, retain }: EditData,
  token: number,
): Promise<UnieraseFigures> {
  const scorer = await createScorer({
    engine,
    model,
    weights: graphWeights(model),
    values,
    inputs,
    padToken,
  })
  const mean = async (examples: readonly Example[]) => {
    const scores = await scorer.score(examples.slice(0, measuredExamples))
    const total = scores.reduce((sum, { logProb, tokens }) => sum + Math.exp(logProb / tokens), 0)
    return total / scores.length
  }
  const figures = {
    tokenAfterForget: await mean(forget.map((example) => tokenAsAnswer(example, token))),
    tokenAfterRetain: await mean(retain.map((example) => tokenAsAnswer(example, token))),
    forgetProbability: await mean(forget),
    retainProbability: await mean(retain),
  }
  scorer.dispose()
  return figures
}
