import { makeBatch } from '../data/batch.ts'
import type { Example } from '../data/example.ts'
import { lengthBatches } from '../data/length-batches.ts'
import { valuesFor } from '../engine/ports.ts'
import { matmul, type Node } from '../graph/index.ts'
import { graphWeights } from '../model/weights.ts'
import { sequenceInputs } from '../train/objective.ts'
import type { EditedLayer } from './edited-layers.ts'
import type { EditedModel } from './edited-model.ts'
import { tapLinear } from './tap-linear.ts'

const tokensPerBatch = 2048

/** Nodes of a layer at the trained places: what its matrix reads, and the residual stream after it. */
function layerNodes({ model }: EditedModel, { layer, linear }: EditedLayer) {
  let keys: Node | undefined
  const weights = tapLinear(graphWeights(model), linear, (x, y) => {
    keys = x
    return y
  })
  const stream = model.activations(weights, sequenceInputs(model), layer)
  if (!keys) throw new Error(`internal: layer ${layer} has no ${linear}`)
  return { keys, stream }
}

/** Runs a program over examples in batches by length. */
async function overBatches(
  { engine, values, inputs, padToken }: EditedModel,
  outputs: Readonly<Record<string, Node>>,
  examples: readonly Example[],
  sizes: (rows: number) => Readonly<Record<string, Float32Array>>,
  take: (results: Readonly<Record<string, Float32Array>>, items: readonly number[]) => void,
): Promise<void> {
  const program = await engine.compile(outputs)
  const weights = valuesFor(program, values)
  for (const items of lengthBatches(examples, tokensPerBatch)) {
    const batch = makeBatch(
      items.map((i) => examples[i]),
      padToken,
    )
    const { labels: _, ...unlabelled } = inputs.batch(batch)
    const results = sizes(batch.rows.length)
    await program.run({ ...weights, ...unlabelled }, results)
    take(results, items)
  }
  program.dispose()
}

/**
 * What the matrix of a layer reads where each example's answer is predicted, and the residual stream after the layer.
 *
 * @param examples with one trained token each
 * @returns keys `[examples, inputs]`, stream `[examples, dim]`, in the order of the examples
 */
export async function readLayer(
  edited: EditedModel,
  layer: EditedLayer,
  examples: readonly Example[],
): Promise<{ keys: Float32Array; stream: Float32Array }> {
  const nodes = layerNodes(edited, layer)
  const widths = { keys: Number(nodes.keys.shape[1]), stream: edited.model.dim }
  const found = {
    keys: new Float32Array(examples.length * widths.keys),
    stream: new Float32Array(examples.length * widths.stream),
  }
  await overBatches(
    edited,
    nodes,
    examples,
    (rows) => ({
      keys: new Float32Array(rows * widths.keys),
      stream: new Float32Array(rows * widths.stream),
    }),
    (results, items) => {
      for (const name of ['keys', 'stream'] as const)
        items.forEach((item, b) => {
          const width = widths[name]
          found[name].set(results[name].subarray(b * width, (b + 1) * width), item * width)
        })
    },
  )
  return found
}

/**
 * `E[k·kᵀ]` of what the matrix of a layer reads, over the trained places of all examples.
 *
 * Numerics: float32 within a batch, float64 over batches.
 *
 * @returns `[inputs, inputs]`
 */
export async function keySecondMoment(
  edited: EditedModel,
  layer: EditedLayer,
  examples: readonly Example[],
): Promise<Float64Array> {
  const { keys } = layerNodes(edited, layer)
  const inputs = Number(keys.shape[1])
  const total = new Float64Array(inputs * inputs)
  const moment = new Float32Array(total.length)
  let count = 0
  await overBatches(
    edited,
    { moment: matmul(keys, keys, { transposeA: true }) },
    examples,
    (rows) => {
      count += rows
      return { moment }
    },
    (results) =>
      results.moment.forEach((x, i) => {
        total[i] += x
      }),
  )
  return total.map((x) => x / count)
}
