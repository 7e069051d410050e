import { makeBatch } from '../data/batch.ts'
import type { Example } from '../data/example.ts'
import { onHost } from '../engine/memory.ts'
import { valuesFor } from '../engine/ports.ts'
import { gaussian, permutation } from '../math/random.ts'
import { adamw } from '../parts/optim/adamw.ts'
import { createUpdater } from '../train/update.ts'
import { type EditedModel, weightOf } from './edited-model.ts'
import { tokenObjective } from './token-objective.ts'

/** Some epochs of learning; in `noisy` layers the weights are disturbed meanwhile. */
export interface TokenPhase {
  readonly epochs: number
  readonly learningRate: number
  /** Weight that is disturbed by a fresh draw in each epoch; null: none. */
  readonly noisy: string | null
}

/**
 * Learns the embedding of one token, all else frozen: `min_e CE(refusal | question ⊕ token)` by Adam.
 *
 * Only the input row is differentiated for; where the head is tied it follows. Of a batch the loss is the mean over its
 * tokens.
 *
 * Differs from the released code: noise has `noise` times the standard deviation of the weight, where the code takes
 * the mean, which may be 0 or negative; it is drawn once an epoch; the refusal ends with the end token of its template,
 * where the code trains the token once more.
 *
 * @param examples of `refusalAfterToken`; at least one
 * @returns the mean loss of the last epoch, nats per token
 * Source: UniErase, arXiv:2505.15674; Ymm-cll/UniErase.
 */
export async function learnToken(
  edited: EditedModel,
  examples: readonly Example[],
  options: {
    token: number
    phases: readonly TokenPhase[]
    batchSize: number
    noise: number
    seed: number
    /** Called after each epoch with its mean loss, nats per token. */
    tell?: (progress: { done: number; of: number; loss: number }) => void
  },
): Promise<number> {
  const { engine, model, values, inputs, padToken } = edited
  const { token, phases, batchSize, seed } = options
  const program = await engine.compile({ ...tokenObjective(model) })
  const given = valuesFor(program, values)
  const { memory } = engine
  const { dim } = model
  const row = memory.part(weightOf(edited, model.embeddingWeight), token * dim, (token + 1) * dim)
  const embedding = memory.make(dim)
  await memory.copy(row, embedding)
  const gradient = memory.make(dim)
  const updater = await createUpdater({
    engine,
    optimizer: adamw,
    knobs: adamw.schema.parse({ weightDecay: 0 }),
    weights: embedding,
    gradients: [gradient],
    matrices: [],
  })

  let step = 0
  let epoch = 0
  const epochLoss = async (learningRate: number) => {
    const order = permutation(seed, ['token-epoch', epoch], examples.length)
    let total = 0
    for (let start = 0; start < order.length; start += batchSize) {
      const items = [...order.slice(start, start + batchSize)].map((i) => examples[i])
      const batch = makeBatch(items, padToken)
      const answers = batch.rows.length
      const tokenWeight = new Float32Array(answers).fill(1 / answers)
      const results = {
        loss: new Float32Array(1),
        values: new Float32Array(batch.tokens.length * dim),
      }
      await program.run(
        { ...given, ...inputs.batch(batch), tokenWeight: { data: tokenWeight, shape: [answers] } },
        results,
      )
      const sum = new Float32Array(dim)
      for (const [place, id] of batch.tokens.entries())
        if (id === token) for (let i = 0; i < dim; i++) sum[i] += results.values[place * dim + i]
      await memory.write(gradient, sum)
      step++
      await updater.step([1], learningRate, step)
      await memory.copy(embedding, row)
      total += results.loss[0] * items.length
    }
    return total / examples.length
  }

  const of = phases.reduce((sum, { epochs }) => sum + epochs, 0)
  let last = 0
  for (const { epochs, learningRate, noisy } of phases)
    for (let i = 0; i < epochs; i++) {
      const weight = noisy === null ? null : weightOf(edited, noisy)
      const original = weight && (await memory.read(weight)).slice()
      if (weight)
        await onHost(memory, [weight], ([array]) => disturb(array, options.noise, seed, epoch))
      last = await epochLoss(learningRate)
      if (weight && original) await memory.write(weight, original)
      epoch++
      options.tell?.({ done: epoch, of, loss: last })
    }
  program.dispose()
  updater.dispose()
  return last
}

/** Adds Gaussian noise of `noise` times the standard deviation of the weight. */
function disturb(weight: Float32Array, noise: number, seed: number, epoch: number): void {
  const mean = weight.reduce((total, x) => total + x, 0) / weight.length
  const variance = weight.reduce((total, x) => total + (x - mean) ** 2, 0) / weight.length
  const size = noise * Math.sqrt(variance)
  for (let i = 0; i < weight.length; i++)
    weight[i] += size * gaussian(seed, ['token-noise', epoch], i)
}
