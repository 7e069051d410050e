import { z } from 'zod'
import { type Batch, makeBatch } from '../../data/batch.ts'
import type { Example } from '../../data/example.ts'
import { lengthBatches } from '../../data/length-batches.ts'
import type { Engine, Program, Tensor } from '../../engine/engine.ts'
import { valuesFor } from '../../engine/ports.ts'
import { add, gatherRows, input, mul, type Node, reshape } from '../../graph/index.ts'
import { sizeOf } from '../../graph/shape.ts'
import { headLogProb } from '../../model/head.ts'
import type { LanguageModel } from '../../model/model.ts'
import { graphWeights } from '../../model/weights.ts'
import type { BatchInputs } from '../../train/batch-inputs.ts'
import { sequenceInputs } from '../../train/objective.ts'
import {
  defineProbe,
  fieldsOfTexts,
  nineDigits,
  originalOf,
  textsOfRows,
  tokensOfTexts,
} from './probe.ts'

/** A model with its weights. */
export interface PatchModel {
  readonly model: LanguageModel
  readonly values: ReadonlyMap<string, Tensor>
}

/** How likely the host finds a text, nats per token. */
export interface PatchedScore {
  /** with its own activations */
  readonly whole: number
  /** `[layers]`: with the donor's activations after that layer, where the text is predicted */
  readonly layers: readonly number[]
}

export interface LayerPatch {
  /** Scores in the order of the examples. */
  scores(examples: readonly Example[]): Promise<PatchedScore[]>
  dispose(): void
}

/**
 * Activation patching between two models of one architecture: the residual stream that the donor has after a layer, at the
 * positions which predict the trained tokens, takes the place of the host's, and the host goes on from there.
 *
 * Differs from the released code: the last layer is patched before the final normalisation, as the others are; there it is
 * taken after it and normalised twice.
 * Source: gnueaj/unlearning-depth-score, `--patch_scope span`.
 *
 * @param options.tokensPerBatch padded tokens of one pass; the result does not depend on it
 */
export async function createLayerPatch(options: {
  engine: Engine
  donor: PatchModel
  host: PatchModel
  inputs: BatchInputs
  padToken: number
  tokensPerBatch?: number
}): Promise<LayerPatch> {
  const { engine, donor, host, inputs, padToken, tokensPerBatch = 512 } = options
  const { layers, dim } = host.model
  const given = await engine.compile(streamsGraph(donor.model))
  const patched: Program[] = []
  for (let layer = 0; layer < layers; layer++)
    patched.push(await engine.compile(patchedGraph(host.model, layer)))
  const own = await engine.compile(patchedGraph(host.model, null))
  const hostInputs = valuesFor(own, host.values)
  const donorInputs = valuesFor(given, donor.values)

  const batchScores = async (batch: Batch): Promise<PatchedScore[]> => {
    const fed = inputs.batch(batch)
    const { labels: _, ...unlabelled } = fed
    const answers = batch.rows.length
    const streams = Object.fromEntries(
      Array.from({ length: layers }, (_, layer) => [
        streamName(layer),
        new Float32Array(answers * dim),
      ]),
    )
    await given.run({ ...donorInputs, ...unlabelled }, streams)
    const run = async (program: Program, extra: Record<string, Tensor>) => {
      const logProb = new Float32Array(answers)
      await program.run({ ...hostInputs, ...fed, ...extra }, { logProb })
      return means(logProb, batch)
    }
    const whole = await run(own, {})
    const byLayer: Float64Array[] = []
    for (const [layer, program] of patched.entries()) {
      const rows = streams[streamName(layer)]
      const isLast = layer === layers - 1
      const extra: Record<string, Tensor> = isLast
        ? { donated: { data: rows, shape: [answers, dim] } }
        : spreadRows(rows, batch, dim)
      byLayer.push(await run(program, extra))
    }
    return Array.from(whole, (score, b) => ({
      whole: score,
      layers: byLayer.map((scores) => scores[b]),
    }))
  }

  return {
    async scores(examples) {
      const found = new Array<PatchedScore>(examples.length)
      for (const places of lengthBatches(examples, tokensPerBatch)) {
        const chosen = places.map((place) => examples[place])
        const scores = await batchScores(makeBatch(chosen, padToken))
        for (const [i, place] of places.entries()) found[place] = scores[i]
      }
      return found
    },
    dispose() {
      for (const program of [given, own, ...patched]) program.dispose()
    },
  }
}

/** What unlearning depth reads: how likely the original model finds texts with the evaluated one's activations. */
export const layerPatchProbe = defineProbe({
  id: 'layer-patch',
  title: 'Layers put into the original model',
  source: 'gnueaj/unlearning-depth-score, --patch_scope span',
  needs: { original: true },
  schema: z.strictObject({}),
  asked: ({ patchedLayers }) => (patchedLayers ? {} : undefined),
  cost({ layers, parameters }, rows) {
    const weights = [...parameters.values()].reduce((sum, shape) => sum + sizeOf(shape), 0)
    return {
      forwardTokens: (layers + 2) * tokensOfTexts(rows),
      backwardTokens: 0,
      generatedTokens: 0,
      bytes: 4 * weights,
    }
  },
  async open(context) {
    const { engine, model, store, inputs, tokenizer } = context.measurer.session
    const { tokensPerBatch } = context
    const host = originalOf(context)
    const patch = await createLayerPatch({
      ...{ engine, inputs, padToken: tokenizer.padToken },
      ...(tokensPerBatch !== undefined && { tokensPerBatch }),
      donor: { model, values: store.tensors },
      host: { model: host.model, values: host.store.tensors },
    })
    return {
      async measure(rows) {
        const scores = await patch.scores(textsOfRows(rows).map(({ example }) => example))
        const found = scores.map(({ whole, layers }) => ({
          patched: { whole: nineDigits(whole), layers: layers.map(nineDigits) },
        }))
        return { fields: fieldsOfTexts(rows, found) }
      },
      dispose: () => patch.dispose(),
    }
  },
})

const streamName = (layer: number) => `stream ${layer}`

/** The donor's residual stream after every layer, at the wanted rows. */
function streamsGraph(model: LanguageModel): Record<string, Node> {
  const inputs = sequenceInputs(model)
  const streams: Record<string, Node> = {}
  model.hidden(graphWeights(model), {
    ...inputs,
    intervene(x, depth) {
      if (depth > 0) streams[streamName(depth - 1)] = gatherRows(x, inputs.rows)
      return x
    },
    interveneLast(x) {
      streams[streamName(model.layers - 1)] = x
      return x
    },
  })
  return streams
}

/** log p of the labels in the host: as it is, or with donated rows after a layer. */
function patchedGraph(model: LanguageModel, layer: number | null): Record<string, Node> {
  const weights = graphWeights(model)
  const rows = (node: Node, width: number) => reshape(node, ['batch*seq', width])
  const isLast = layer === model.layers - 1
  const hidden = model.hidden(weights, {
    ...sequenceInputs(model),
    intervene(x, depth) {
      if (layer === null || isLast || depth !== layer + 1) return x
      const keep = rows(input('keep', ['batch', 'seq', 1]), 1)
      return add(mul(x, keep), rows(input('donated', ['batch', 'seq', model.dim]), model.dim))
    },
    interveneLast: (x) => (isLast ? input('donated', ['answers', model.dim]) : x),
  })
  return { logProb: headLogProb(model, weights, hidden, input('labels', ['answers'], 'i32')) }
}

/** What is fed for a patch: which rows the host keeps, and the donated ones where it does not. */
function spreadRows(donated: Float32Array, { rows, batch, seq }: Batch, dim: number) {
  const keep = new Float32Array(batch * seq).fill(1)
  const filled = new Float32Array(batch * seq * dim)
  for (const [i, row] of rows.entries()) {
    keep[row] = 0
    filled.set(donated.subarray(i * dim, (i + 1) * dim), row * dim)
  }
  return {
    keep: { data: keep, shape: [batch, seq, 1] },
    donated: { data: filled, shape: [batch, seq, dim] },
  }
}

/** `[batch]` means over the trained tokens of each sequence. */
function means(logProb: Float32Array, { batch, sequenceOf }: Batch): Float64Array {
  const sums = new Float64Array(batch)
  const counts = new Float64Array(batch)
  for (const [i, sequence] of sequenceOf.entries()) {
    sums[sequence] += logProb[i]
    counts[sequence]++
  }
  return sums.map((sum, b) => sum / counts[b])
}
