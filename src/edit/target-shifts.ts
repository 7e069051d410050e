import { makeBatch } from '../data/batch.ts'
import type { Example } from '../data/example.ts'
import { onHost } from '../engine/memory.ts'
import { valuesFor } from '../engine/ports.ts'
import { add, gradients, input, matmul, neg, sum } from '../graph/index.ts'
import { headLogProb } from '../model/head.ts'
import { graphWeights } from '../model/weights.ts'
import { adamw } from '../parts/optim/adamw.ts'
import { sequenceInputs } from '../train/objective.ts'
import { createUpdater } from '../train/update.ts'
import type { EditedModel } from './edited-model.ts'
import { tapLinear } from './tap-linear.ts'

/**
 * What must be added to the residual stream at the end of each question, as the output of one layer, for the model to
 * answer with the token: `δ_i = argmin −log p(token | question_i; y ← y + δ_i)`, `‖δ_i‖ ≤ reach·‖h_i‖`.
 *
 * Some steps of Adam from 0, each of `rate` times the root mean square of h; after each, δ is cut to its length.
 *
 * Differs from MEMIT and AlphaEdit: no decay and no divergence term, since the length is bounded and what is to stay is
 * a term of the least squares; the place is the last token of the question, since the data names no subjects.
 *
 * @param examples of `tokenAsAnswer`, one batch
 * @param stream   `[examples, dim]`: h, the residual stream after the layer there
 * @returns `[examples, dim]`
 * Source: Meng et al. 2022 (ROME), arXiv:2202.05262, eq. 4; Meng et al. 2023 (MEMIT), arXiv:2210.07229, eq. 16.
 */
export async function targetShifts(
  { engine, model, values, inputs, padToken }: EditedModel,
  examples: readonly Example[],
  stream: Float32Array,
  options: { linear: string; steps: number; rate: number; reach: number },
): Promise<Float32Array> {
  const { linear, steps, rate, reach } = options
  const { dim } = model
  const shift = input('shift', ['batch', dim])
  const weights = tapLinear(graphWeights(model), linear, (_, y) =>
    add(y, matmul(input('places', [y.shape[0], 'batch']), shift)),
  )
  const sequence = sequenceInputs(model)
  const labels = input('labels', ['answers'], 'i32')
  const loss = neg(sum(headLogProb(model, weights, model.hidden(weights, sequence), labels)))
  const [{ dense }] = gradients(loss, [shift])
  if (!dense) throw new Error(`internal: ${linear} does not reach the answer`)
  const program = await engine.compile({ loss, gradient: dense })
  const batch = makeBatch(examples, padToken)
  const { memory } = engine
  const found = memory.make(examples.length * dim)
  const gradient = memory.make(found.length)
  // The last layer runs on the wanted rows only, the others on all.
  const onWanted = program.inputs.some(
    ({ name, shape }) => name === 'places' && shape[0] === 'answers',
  )
  const rows = onWanted ? examples.length : batch.tokens.length
  const places = new Float32Array(rows * examples.length)
  for (const [b, row] of batch.rows.entries())
    places[(onWanted ? b : row) * examples.length + b] = 1
  const updater = await createUpdater({
    engine,
    optimizer: adamw,
    knobs: adamw.schema.parse({ weightDecay: 0 }),
    weights: found,
    gradients: [gradient],
    matrices: [],
  })
  const lengths = rowLengths(stream, dim)
  const size = Math.sqrt(stream.reduce((total, x) => total + x * x, 0) / stream.length)
  const given = {
    ...valuesFor(program, values),
    ...inputs.batch(batch),
    places: { data: places, shape: [rows, examples.length] },
    shift: { data: found, shape: [examples.length, dim] },
  }
  for (let step = 1; step <= steps; step++) {
    await program.run(given, { loss: new Float32Array(1), gradient })
    await updater.step([1], rate * size, step)
    await onHost(memory, [found], ([shifts]) => {
      for (const [item, length] of rowLengths(shifts, dim).entries()) {
        const factor = Math.min(1, (reach * lengths[item]) / length)
        for (let i = item * dim; i < (item + 1) * dim; i++) shifts[i] *= factor
      }
    })
  }
  program.dispose()
  updater.dispose()
  return memory.read(found)
}

function rowLengths(values: Float32Array, width: number): number[] {
  return Array.from({ length: values.length / width }, (_, row) =>
    Math.hypot(...values.subarray(row * width, (row + 1) * width)),
  )
}
