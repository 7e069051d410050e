import { valuesFor } from '../engine/ports.ts'
import { softmaxShare } from '../optim/index.ts'
import type { RunnerOptions } from './gradient.ts'
import type { MicroBatch } from './micro-batch.ts'
import { buildScorer } from './objective.ts'

/** Holds updates within the radius of the output softmax. */
export interface StepCap {
  /** To be called before the weights of a step move. */
  before(): void
  /** Takes back what goes too far, judged on the answers of one micro-batch; returns the share that is left. */
  after(micro: MicroBatch): Promise<number>
  dispose(): void
}

/** Share of the update along which the derivative of the logits is taken. */
const probe = 0.05

/** Costs two forward passes over one micro-batch a step, its logits twice, and two copies of the trained weights. */
export async function createStepCap(
  options: RunnerOptions & { trained: Float32Array },
  radius: number,
): Promise<StepCap> {
  const { engine, model, values, feeds, trained } = options
  const program = await engine.compile(buildScorer(model, options.weights, { allLogits: true }))
  const weightFeeds = valuesFor(program, values)
  const start = new Float32Array(trained.length)
  const end = new Float32Array(trained.length)
  const logitsOf = async ({ batch }: MicroBatch) => {
    const { labels: _, ...inputs } = feeds.batch(batch)
    const logits = new Float32Array(batch.rows.length * model.vocab)
    await program.run({ ...weightFeeds, ...inputs }, { logits })
    return logits
  }
  const goTo = (share: number) => {
    for (let i = 0; i < trained.length; i++) trained[i] = start[i] + share * (end[i] - start[i])
  }
  return {
    before: () => start.set(trained),
    async after(micro) {
      end.set(trained)
      trained.set(start)
      const here = await logitsOf(micro)
      goTo(probe)
      const changes = await logitsOf(micro)
      for (let i = 0; i < changes.length; i++) changes[i] = (changes[i] - here[i]) / probe
      const share = softmaxShare(changes, model.vocab, radius)
      if (share === 1) trained.set(end)
      else goTo(share)
      return share
    },
    dispose: () => program.dispose(),
  }
}
