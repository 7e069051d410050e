import type { Engine } from '../engine/engine.ts'
import { referenceEngine } from '../engine/reference.ts'
import {
  gradients,
  input,
  logSoftmax,
  matmul,
  type Node,
  parameter,
  pickLabels,
  reshape,
} from '../graph/index.ts'
import type { Loss, LossContext } from './loss.ts'

/** A micro-batch given by its logits, as plain numbers. */
export interface LogitsBatch {
  /** `[answers][vocab]` current model. */
  logits: number[][]
  /** `[answers][vocab]` starting model. */
  referenceLogits: number[][]
  /** `[answers]` */
  labels: number[]
  /** `[answers]` the sequence of each answer token. */
  sequenceOf: number[]
  /** `[answers]`; see `LossContext`. */
  tokenWeight: number[]
  /** `[batch]`; see `LossContext`. */
  sequenceWeight: number[]
  /** `[batch]` the sequence with the answer preferred to that of each, −1 where there is none. */
  partner?: number[]
  /** `[answers]`; see `LossContext`. */
  preferredTokenWeight?: number[]
}

/** A context whose model is a tensor of logits, which is what is differentiated for. */
export function logitsContext(vocab: number): { context: LossContext; logits: Node } {
  const logits = parameter('logits', ['answers', vocab])
  const labels = input('labels', ['answers'], 'i32')
  // membership[b, a] = 1 where answer token a is of sequence b
  const membership = input('membership', ['batch', 'answers'])
  const logProb = pickLabels(logSoftmax(logits), labels)
  const sequenceSum = (perToken: Node) =>
    reshape(matmul(membership, reshape(perToken, ['answers', 1])), ['batch'])
  // partner[b, p] = 1 where sequence p holds the answer preferred to that of b
  const partner = input('partner', ['batch', 'batch'])
  const preferred = (perSequence: Node) =>
    reshape(matmul(partner, reshape(perSequence, ['batch', 1])), ['batch'])
  const referenceSequenceLogProb = input('referenceSequenceLogProb', ['batch'])
  const nodes = {
    logProb,
    sequenceLogProb: sequenceSum(logProb),
    sequenceLength: input('sequenceLength', ['batch']),
    logits,
    labels,
    tokenWeight: input('tokenWeight', ['answers']),
    sequenceWeight: input('sequenceWeight', ['batch']),
    referenceSequenceLogProb,
    referenceLogProbs: input('referenceLogProbs', ['answers', vocab]),
    preferredSequenceLogProb: preferred(sequenceSum(logProb)),
    referencePreferredSequenceLogProb: preferred(referenceSequenceLogProb),
    preferredTokenWeight: input('preferredTokenWeight', ['answers']),
    // Logits are as good as any other activations.
    activations: logits,
    referenceActivations: input('referenceActivations', ['answers', vocab]),
  }
  const supplied = Object.fromEntries(
    Object.entries(nodes).map(([name, node]) => [name, () => node]),
  ) as Record<keyof typeof nodes, () => Node>
  const context = { ...supplied, layers: 8, dim: vocab, sequenceSum }
  return { context, logits }
}

/** log p of every token, in float64. */
export function logProbs(logits: readonly number[]): number[] {
  const highest = Math.max(...logits)
  const total = highest + Math.log(logits.reduce((sum, z) => sum + Math.exp(z - highest), 0))
  return logits.map((z) => z - total)
}

/** Σ log p of the labels of each sequence. */
export function sequenceSums(
  logits: readonly number[][],
  { labels, sequenceOf, sequenceWeight }: LogitsBatch,
): number[] {
  const sums = sequenceWeight.map(() => 0)
  sequenceOf.forEach((b, a) => {
    sums[b] += logProbs(logits[a])[labels[a]]
  })
  return sums
}

/** The value of a loss and its gradient by the logits, `[answers][vocab]`; in float64 on the reference engine, else f32. */
export async function evaluateLoss(
  loss: Loss,
  knobs: Record<string, unknown>,
  batch: LogitsBatch,
  engine: Engine = referenceEngine,
): Promise<{ value: number; gradient: number[][] }> {
  const Floats = engine === referenceEngine ? Float64Array : Float32Array
  const vocab = batch.logits[0].length
  const answers = batch.logits.length
  const sequences = batch.sequenceWeight.length
  const { context, logits } = logitsContext(vocab)
  const node = loss.build(context, loss.schema.parse(knobs))
  const [{ dense }] = gradients(node, [logits])
  if (!dense) throw new Error(`internal: ${loss.id} does not depend on the logits`)
  const program = await engine.compile({ value: node, gradient: dense })
  const count = (b: number) => batch.sequenceOf.filter((sequence) => sequence === b).length
  const all: Record<string, { data: number[]; shape: number[] }> = {
    logits: { data: batch.logits.flat(), shape: [answers, vocab] },
    labels: { data: batch.labels, shape: [answers] },
    membership: {
      data: batch.sequenceWeight.flatMap((_, b) =>
        batch.sequenceOf.map((sequence) => (sequence === b ? 1 : 0)),
      ),
      shape: [sequences, answers],
    },
    partner: {
      data: batch.sequenceWeight.flatMap((_, b) =>
        batch.sequenceWeight.map((_, p) => (batch.partner?.[b] === p ? 1 : 0)),
      ),
      shape: [sequences, sequences],
    },
    preferredTokenWeight: {
      data: batch.preferredTokenWeight ?? batch.labels.map(() => 0),
      shape: [answers],
    },
    sequenceLength: { data: batch.sequenceWeight.map((_, b) => count(b)), shape: [sequences] },
    tokenWeight: { data: batch.tokenWeight, shape: [answers] },
    sequenceWeight: { data: batch.sequenceWeight, shape: [sequences] },
    referenceSequenceLogProb: {
      data: sequenceSums(batch.referenceLogits, batch),
      shape: [sequences],
    },
    referenceActivations: { data: batch.referenceLogits.flat(), shape: [answers, vocab] },
    referenceLogProbs: {
      data: batch.referenceLogits.flatMap(logProbs),
      shape: [answers, vocab],
    },
  }
  const inputs = Object.fromEntries(
    program.inputs.map(({ name, dtype }) => {
      const { data, shape } = all[name]
      return [name, { data: dtype === 'i32' ? Int32Array.from(data) : Floats.from(data), shape }]
    }),
  )
  const value = new Floats(1)
  const gradient = new Floats(answers * vocab)
  await program.run(inputs, { value, gradient })
  return {
    value: value[0],
    gradient: batch.logits.map((_, a) => [...gradient.slice(a * vocab, (a + 1) * vocab)]),
  }
}
