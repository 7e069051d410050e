import { z } from 'zod'
import { makeBatch } from '../../data/batch.ts'
import type { Example } from '../../data/example.ts'
import type { Engine, Program, Tensor } from '../../engine/engine.ts'
import { valuesFor } from '../../engine/ports.ts'
import { UserError } from '../../error.ts'
import { add, input, mul, type Node, reshape } from '../../graph/index.ts'
import { gaussian, type Stream } from '../../math/random.ts'
import { headLogProb } from '../../model/head.ts'
import type { LanguageModel, Weights } from '../../model/model.ts'
import { graphWeights } from '../../model/weights.ts'
import type { BatchInputs } from '../../train/batch-inputs.ts'
import { sequenceInputs } from '../../train/objective.ts'
import type { BenchmarkRow } from '../rows/load-set.ts'
import { defineProbe, nineDigits, type RowFields } from './probe.ts'
import { tokenRange } from './token-range.ts'

/** What is corrupted and what is put back. */
export interface TraceTarget {
  readonly example: Example
  /** token positions whose embeddings are corrupted, ascending: the subject of the question */
  readonly subject: readonly number[]
  /** Names the draws of its noise. */
  readonly stream: Stream
}

/** Nats per answer token. */
export interface TraceResult {
  readonly clean: number
  readonly corrupted: number
  /** `[layers]`: with the clean residual stream put back at the last subject token, before the block of each layer */
  readonly restoredSubject: readonly number[]
  /** `[layers]`: the same at the last token of the prompt */
  readonly restoredLast: readonly number[]
}

export interface TraceOptions {
  readonly engine: Engine
  readonly model: LanguageModel
  readonly weights: Weights
  readonly values: ReadonlyMap<string, Tensor>
  readonly inputs: BatchInputs
  /** Standard deviations of the embedding that the noise has; 3 as published */
  readonly noise: number
  /** How many draws are averaged; 10 as published */
  readonly samples: number
  readonly seed: number
}

/**
 * Causal tracing: which layers carry what a model knows about a subject.
 *
 * Noise `ε ~ N(0, (noise·σ)²)` is added to the embeddings of the subject's tokens, σ the standard deviation of all
 * embedding entries, so that the answer's log-probability falls from `clean` to `corrupted`; then the clean residual stream of
 * one position before one block is put back, and what comes back of the answer says how much passes through there.
 *
 * Differs from the paper: log-probability per answer token of the whole answer instead of the probability of one token, and the
 * residual stream only, not MLP and attention outputs over windows of layers.
 * Source: Meng et al. 2022 (ROME), arXiv:2202.05262; used by SHA256, arXiv:2504.12996, to choose the layers it trains.
 *
 * @throws RangeError for a target without subject tokens
 */
export async function causalTrace(
  targets: readonly TraceTarget[],
  options: TraceOptions,
): Promise<TraceResult[]> {
  const trace = await createCausalTrace(options)
  const results: TraceResult[] = []
  try {
    for (const target of targets) results.push(await trace.result(target))
  } finally {
    trace.dispose()
  }
  return results
}

/** {@link causalTrace}, one target after another, of programs that are compiled once. */
async function createCausalTrace(options: TraceOptions) {
  const { engine, model, weights, values, inputs, noise, samples, seed } = options
  const clean = await engine.compile(tracedGraph(model, weights, null))
  const patched: Program[] = []
  for (let depth = 0; depth < model.layers; depth++)
    patched.push(await engine.compile(tracedGraph(model, weights, depth)))
  const weightInputs = valuesFor(patched[0], values)
  const scale = noise * deviation(values.get(model.embeddingWeight) as Tensor)
  const result = async ({ example, subject, stream }: TraceTarget): Promise<TraceResult> => {
    if (subject.length === 0)
      throw new RangeError('causal trace: expected subject tokens, got none')
    const batch = makeBatch([example], 0)
    const fed = inputs.batch(batch)
    const { seq } = batch
    const answers = batch.rows.length
    const run = async (program: Program, extra: Record<string, Tensor>, wanted: boolean) => {
      const logProb = new Float32Array(answers)
      const states: Record<string, Float32Array> = {}
      if (wanted)
        for (let depth = 0; depth < model.layers; depth++)
          states[stateName(depth)] = new Float32Array(seq * model.dim)
      await program.run({ ...weightInputs, ...fed, ...extra }, { logProb, ...states })
      return { score: logProb.reduce((a, b) => a + b, 0) / answers, states }
    }
    const zero = { data: new Float32Array(seq * model.dim), shape: [1, seq, model.dim] }
    const whole = await run(clean, { noise: zero }, true)
    const sites = [subject[subject.length - 1], example.promptLength - 1]
    let corrupted = 0
    const restored = sites.map(() => new Array<number>(model.layers).fill(0))
    for (let sample = 0; sample < samples; sample++) {
      const data = new Float32Array(seq * model.dim)
      for (const position of subject)
        for (let d = 0; d < model.dim; d++) {
          const counter = (sample * seq + position) * model.dim + d
          data[position * model.dim + d] = scale * gaussian(seed, stream, counter)
        }
      const noisy = { noise: { data, shape: [1, seq, model.dim] } }
      for (const [site, position] of sites.entries())
        for (let depth = 0; depth < model.layers; depth++) {
          const keep = new Float32Array(seq).fill(1)
          keep[position] = 0
          const { score } = await run(
            patched[depth],
            { ...noisy, ...patch(keep, whole.states[stateName(depth)], seq, model.dim) },
            false,
          )
          restored[site][depth] += score / samples
        }
      const nothing = new Float32Array(seq).fill(1)
      const { score } = await run(
        patched[0],
        { ...noisy, ...patch(nothing, whole.states[stateName(0)], seq, model.dim) },
        false,
      )
      corrupted += score / samples
    }
    return {
      clean: whole.score,
      corrupted,
      restoredSubject: restored[0],
      restoredLast: restored[1],
    }
  }
  return {
    result,
    dispose() {
      for (const program of [clean, ...patched]) program.dispose()
    },
  }
}

/** What causal tracing finds of each row: the whole question is the subject. */
export const causalTraceProbe = defineProbe({
  id: 'causal-trace',
  title: 'Causal tracing',
  source: 'Meng et al. 2022 (ROME), arXiv:2202.05262',
  needs: {},
  schema: z.strictObject({
    text: z.string().default('answer').describe('Which scored text.'),
    noise: z
      .number()
      .min(0)
      .default(3)
      .describe('Of the noise on the question, in standard deviations of the embedding.'),
    samples: z.int().min(1).default(10).describe('Draws of the noise for each row.'),
    seed: z.int().min(0).default(0).describe('Seed of the draws.'),
  }),
  cost({ layers, dim }, rows, { text, samples }) {
    const lengths = rows.map((row) => row.texts[text]?.[0].example.tokens.length ?? 0)
    const tokens = lengths.reduce((sum, length) => sum + length, 0)
    return {
      forwardTokens: (1 + samples * (2 * layers + 1)) * tokens,
      backwardTokens: 0,
      generatedTokens: 0,
      bytes: 4 * layers * dim * Math.max(0, ...lengths),
    }
  },
  async open({ measurer: { session }, stopRequested }, { text, ...knobs }) {
    const { engine, model, store, inputs, tokenizer } = session
    const weights = graphWeights(model, store.trainable.adapter)
    const values = store.tensors
    const trace = await createCausalTrace({ ...knobs, engine, model, weights, values, inputs })
    const decode = (tokens: Int32Array) => tokenizer.decode(tokens)
    return {
      async measure(rows) {
        const fields: RowFields[] = []
        for (const row of rows) {
          if (stopRequested()) break
          const found = await trace.result(targetOf(row, text, decode))
          const finding = {
            clean: nineDigits(found.clean),
            corrupted: nineDigits(found.corrupted),
            restoredSubject: found.restoredSubject.map(nineDigits),
            restoredLast: found.restoredLast.map(nineDigits),
          }
          fields.push({ probes: { 'causal-trace': finding } })
        }
        return { fields }
      },
      dispose: () => trace.dispose(),
    }
  },
})

function targetOf(
  { set, index, prompt, texts }: BenchmarkRow,
  text: string,
  decode: (tokens: Int32Array) => string,
): TraceTarget {
  const example = texts[text]?.[0].example
  const asked = example?.tokens.subarray(0, example.promptLength)
  const subject = asked && prompt !== '' ? tokenRange(asked, prompt, decode) : []
  if (subject.length === 0)
    throw new UserError({
      code: 'no-subject',
      path: `row ${index} of "${set}"`,
      expected: `a question, and the scored text "${text}" after it`,
      got: example ? JSON.stringify(prompt) : `texts ${Object.keys(texts).join(', ') || 'none'}`,
    })
  return { example, subject, stream: ['trace', set, index] }
}

/**
 * Share of the loss by corruption that each layer's restoration brings back, averaged over traces: `[layers]`.
 *
 * `Σ (restored − corrupted) / Σ (clean − corrupted)`; NaN where corruption cost nothing.
 */
export function tracedShare(
  results: readonly TraceResult[],
  site: 'restoredSubject' | 'restoredLast',
): number[] {
  const lost = results.reduce((sum, { clean, corrupted }) => sum + clean - corrupted, 0)
  return results[0][site].map(
    (_, layer) =>
      results.reduce((sum, result) => sum + result[site][layer] - result.corrupted, 0) / lost,
  )
}

const stateName = (depth: number) => `state ${depth}`

/** With a depth: the stream there is `keep·x + (1 − keep)·clean`, row by row. Without: the streams are given out. */
function tracedGraph(model: LanguageModel, weights: Weights, patchDepth: number | null) {
  const states: Record<string, Node> = {}
  const rows = (node: Node, width: number) => reshape(node, ['batch*seq', width])
  const hidden = model.hidden(weights, {
    ...sequenceInputs(model),
    intervene(x, depth) {
      const noisy =
        depth === 0 ? add(x, rows(input('noise', ['batch', 'seq', model.dim]), model.dim)) : x
      if (patchDepth === null) {
        states[stateName(depth)] = noisy
        return noisy
      }
      if (depth !== patchDepth) return noisy
      const keep = rows(input('keep', ['batch', 'seq', 1]), 1)
      const clean = rows(input('clean', ['batch', 'seq', model.dim]), model.dim)
      return add(mul(noisy, keep), clean)
    },
  })
  const labels = input('labels', ['answers'], 'i32')
  return { logProb: headLogProb(model, weights, hidden, labels), ...states }
}

/** What is fed for a patch: which rows keep what they have, and the clean rows where they do not. */
function patch(keep: Float32Array, clean: Float32Array, seq: number, dim: number) {
  const filled = new Float32Array(seq * dim)
  for (let position = 0; position < seq; position++)
    if (keep[position] === 0)
      filled.set(clean.subarray(position * dim, (position + 1) * dim), position * dim)
  return {
    keep: { data: keep, shape: [1, seq, 1] },
    clean: { data: filled, shape: [1, seq, dim] },
  }
}

function deviation({ data }: Tensor): number {
  const numbers = data as Float32Array
  let [sum, square] = [0, 0]
  for (const value of numbers) {
    sum += value
    square += value * value
  }
  const mean = sum / numbers.length
  return Math.sqrt(square / numbers.length - mean * mean)
}
