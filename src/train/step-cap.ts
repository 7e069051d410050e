import { valuesFor } from '../engine/ports.ts'
import { softmaxShare } from '../parts/optim/softmax-radius.ts'
import type { RunnerOptions } from './gradient.ts'
import type { MicroBatch } from './micro-batch.ts'
import { buildScorer } from './objective.ts'
import type { UpdatePath } from './update-path.ts'

/** Holds updates within the radius of the output softmax. */
export interface StepCap {
  /** Takes back what of the update just made goes too far, judged on the answers of one micro-batch; returns the share that is left. */
  after(micro: MicroBatch): Promise<number>
  dispose(): void
}

/** Share of the update along which the derivative of the logits is taken. */
const probe = 0.05

/** Costs two forward passes over one micro-batch a step, and its logits twice. */
export async function createStepCap(
  options: RunnerOptions & { path: UpdatePath },
  radius: number,
): Promise<StepCap> {
  const { engine, model, values, inputs, path } = options
  const program = await engine.compile(buildScorer(model, options.weights, { allLogits: true }))
  const weightInputs = valuesFor(program, values)
  const logitsOf = async ({ batch }: MicroBatch) => {
    const { labels: _, ...unlabelled } = inputs.batch(batch)
    const logits = new Float32Array(batch.rows.length * model.vocab)
    await program.run({ ...weightInputs, ...unlabelled }, { logits })
    return logits
  }
  return {
    async after(micro) {
      await path.end()
      await path.goTo(0)
      const here = await logitsOf(micro)
      await path.goTo(probe)
      const changes = await logitsOf(micro)
      for (let i = 0; i < changes.length; i++) changes[i] = (changes[i] - here[i]) / probe
      const share = softmaxShare(changes, model.vocab, radius)
      await path.goTo(share)
      return share
    },
    dispose: () => program.dispose(),
  }
}
