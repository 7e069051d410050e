/**
 * One shape of the step benchmark in a process of its own, so that its peak memory is its own.
 *
 * `node step-shape.js <name> full|gradient|lora` prints one JSON object; `full` times a BLUR step too, `lora` trains
 * rank-16 adapters instead of all weights.
 */

import type { Batch } from '../src/data/batch.ts'
import type { Engine } from '../src/engine/engine.ts'
import { createEngine } from '../src/engine/node-engine.ts'
import { input, matmul, type Node, topologicalOrder } from '../src/graph/index.ts'
import { bindShape, sizeOf } from '../src/graph/shape.ts'
import { buildModel } from '../src/model/architectures.ts'
import type { LanguageModel } from '../src/model/model.ts'
import { graphWeights } from '../src/model/weights.ts'
import { bilevel } from '../src/parts/combine/bilevel.ts'
import { crossEntropy } from '../src/parts/loss/cross-entropy.ts'
import { npo } from '../src/parts/loss/npo.ts'
import { adamw } from '../src/parts/optim/adamw.ts'
import { BatchInputs } from '../src/train/batch-inputs.ts'
import { flatTensors } from '../src/train/flat.ts'
import { createGradientRunner } from '../src/train/gradient.ts'
import { createLearner } from '../src/train/learner.ts'
import type { MicroBatch } from '../src/train/micro-batch.ts'
import { chooseTrainable, type ParameterChoice } from '../src/train/trainable-set.ts'
import { loadWeights } from '../src/train/weight-store.ts'
import { type BenchShape, benchShapes } from './shapes.ts'

const [name, mode] = process.argv.slice(2)
const shape = benchShapes.find((candidate) => candidate.name === name) as BenchShape
const parameters: ParameterChoice =
  mode === 'lora'
    ? {
        lora: {
          rank: 16,
          alpha: null,
          targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
        },
      }
    : 'all'

const engine = await createEngine()
const model = buildModel(shape.config, 'bench')
const trainable = chooseTrainable(model, parameters)
const store = await loadWeights(
  engine.memory,
  model,
  trainable,
  async (weight) => values(model, weight),
  0,
)
const inputs = new BatchInputs(model)
const batch = fullBatch(shape, model.vocab)
const of = (group: string): MicroBatch => ({
  batch,
  groups: new Array(shape.batch).fill(group),
  referenceLogProb: new Float32Array(batch.rows.length).fill(-8),
})

// First, so that the peak of memory is that of the gradient alone.
const gradient = await timeGradient()
const peakBytes = process.resourceUsage().maxRSS * 1024
// Before and after, because a shared machine changes its speed; the better is what the machine can do.
const peaks = [await gemmPeak(engine)]
const blurStepMilliseconds = mode === 'full' ? await timeBlurStep() : null
peaks.push(await gemmPeak(engine))
const peakGflops = Math.max(...peaks)
const gflops = gradient.gflop / (gradient.milliseconds / 1000)
process.stdout.write(
  `${JSON.stringify({
    name: shape.name,
    milliseconds: gradient.milliseconds,
    gflops,
    peakGflops,
    shareOfPeak: gflops / peakGflops,
    blurStepMilliseconds,
    peakBytes,
  })}\n`,
)
engine.dispose()

/** A large zero-copy Gemm: the most this runtime gets out of the machine. */
async function gemmPeak(on: Engine): Promise<number> {
  const [m, k, n] = [1024, 2048, 4096]
  const program = await on.compile({ y: matmul(input('a', [m, k]), input('b', [k, n])) })
  const given = {
    a: { data: new Float32Array(m * k).fill(0.5), shape: [m, k] },
    b: { data: new Float32Array(k * n).fill(0.25), shape: [k, n] },
  }
  const y = new Float32Array(m * n)
  const times = await timed(6, () => program.run(given, { y }))
  program.dispose()
  return (2 * m * k * n) / 1e6 / Math.min(...times)
}

async function timeGradient(): Promise<{ milliseconds: number; gflop: number }> {
  const runner = await createGradientRunner({
    engine,
    model,
    weights: graphWeights(model, trainable.adapter),
    losses: { retain: { loss: crossEntropy, knobs: {} } },
    trainable: [...trainable.shapes.keys()],
    values: store.tensors,
    inputs,
  })
  const target = flatTensors(engine.memory, trainable.layout)
  const times = await timed(shape.repeats, async () => {
    await runner.run([of('retain')], { retain: 1 }, target, () => target)
  })
  const gflop = matrixFlops(Object.values(runner.objective.outputs)) / 1e9
  runner.dispose()
  return { milliseconds: median(times), gflop }
}

async function timeBlurStep(): Promise<number> {
  const learner = await createLearner({
    engine,
    model,
    store,
    inputs,
    losses: {
      forget: { loss: npo, knobs: npo.schema.parse({}) },
      retain: { loss: crossEntropy, knobs: {} },
    },
    combiner: bilevel,
    combinerKnobs: bilevel.schema.parse({}),
    optimizer: adamw,
    optimizerKnobs: adamw.schema.parse({}),
    clipNorm: 1,
  })
  let step = 0
  const data = { forget: [of('forget')], retain: [of('retain')], together: [] }
  const times = await timed(Math.max(2, shape.repeats - 2), async () => {
    step++
    await learner.step(data, 1e-6, step)
  })
  learner.dispose()
  return median(times)
}

/** Multiplications and additions of all matrix products. */
function matrixFlops(outputs: readonly Node[]): number {
  const bindings = new Map([
    ['batch', shape.batch],
    ['seq', shape.seq],
    ['answers', batch.rows.length],
    ['positions', shape.seq],
  ])
  let total = 0
  for (const { op, inputs, shape: result, attributes } of topologicalOrder(outputs)) {
    const size = () => sizeOf(bindShape(result, bindings))
    if (op.name === 'attend') total += 2 * size() * shape.seq
    if (op.name !== 'matmul') continue
    const inner = bindShape(inputs[0].shape, bindings).at(attributes.transposeA ? -2 : -1) as number
    total += 2 * size() * inner
  }
  return total
}

/** Times of `count` runs after one that is not counted. */
async function timed(count: number, work: () => Promise<void>): Promise<number[]> {
  const times: number[] = []
  for (let i = -1; i < count; i++) {
    const started = performance.now()
    await work()
    if (i >= 0) times.push(performance.now() - started)
  }
  return times
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1]
}

/** Every position but the last is trained. */
function fullBatch({ batch: count, seq }: BenchShape, vocab: number): Batch {
  const tokens = Int32Array.from({ length: count * seq }, (_, i) => (i * 7919) % vocab)
  const rows = Int32Array.from(tokens.keys()).filter((i) => i % seq < seq - 1)
  return {
    batch: count,
    seq,
    tokens,
    rows,
    labels: rows.map((i) => tokens[i + 1]),
    sequenceOf: rows.map((i) => Math.floor(i / seq)),
    examples: Int32Array.from({ length: count }, (_, i) => i),
  }
}

/** Weights of the right size that cost nothing to make: a fixed sequence, norms near 1. */
function values(of: LanguageModel, weight: string): Float32Array {
  const data = new Float32Array(sizeOf(of.parameters.get(weight) as readonly number[]))
  if (weight.endsWith('norm.weight')) return data.fill(1)
  let state = 1
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    data[i] = state / 2 ** 36
  }
  return data
}
