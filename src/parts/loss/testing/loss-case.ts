import type { Engine, Program } from '../../../engine/engine.ts'
import { referenceEngine } from '../../../engine/reference.ts'
import {
  bindShape,
  gradients,
  input,
  logSoftmax,
  matmul,
  type Node,
  parameter,
  pickLabels,
  reshape,
  topologicalOrder,
} from '../../../graph/index.ts'
import { apply } from '../../../graph/node.ts'
import { sizeOf } from '../../../graph/shape.ts'
import type { Loss, LossContext } from '../loss.ts'

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
  const referenceLogits = input('referenceLogits', ['answers', vocab])
  const referenceLogProbs = logSoftmax(referenceLogits)
  const referenceLogProb = pickLabels(referenceLogProbs, labels)
  const referenceSequenceLogProb = sequenceSum(referenceLogProb)
  const nodes = {
    logProb,
    sequenceLogProb: sequenceSum(logProb),
    sequenceLength: input('sequenceLength', ['batch']),
    logits,
    labels,
    tokenWeight: input('tokenWeight', ['answers']),
    sequenceWeight: input('sequenceWeight', ['batch']),
    referenceSequenceLogProb,
    referenceLogits,
    referenceLogProbs,
    referenceLogProb,
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

/**
 * The value of a loss where what it holds constant (sg in its formula) is as in another batch: the function of which its
 * gradient at that batch is the slope.
 */
export async function heldValue(
  loss: Loss,
  knobs: Record<string, unknown>,
  batch: LogitsBatch,
  heldAt: LogitsBatch,
): Promise<number> {
  const node = loss.build(logitsContext(batch.logits[0].length).context, loss.schema.parse(knobs))
  const held = topologicalOrder([node]).filter(({ op }) => op.name === 'stopGradient')
  const given: Record<string, { data: Float64Array; shape: readonly number[] }> = {}
  const places = new Map<Node, Node>()
  for (const [i, each] of held.entries()) {
    const name = `held ${i}`
    const program = await referenceEngine.compile({ value: each })
    const shape = bindShape(
      each.shape,
      new Map([
        ['answers', heldAt.logits.length],
        ['batch', heldAt.sequenceWeight.length],
      ]),
    )
    const data = new Float64Array(sizeOf(shape))
    await program.run(feedsOf(program, heldAt, Float64Array), { value: data })
    given[name] = { data, shape }
    places.set(each, input(name, each.shape))
  }
  const program = await referenceEngine.compile({ value: replaced(node, places) })
  const value = new Float64Array(1)
  await program.run({ ...feedsOf(program, batch, Float64Array), ...given }, { value })
  return value[0]
}

/** The same graph with other nodes in some places. */
function replaced(node: Node, places: Map<Node, Node>): Node {
  const known = places.get(node)
  if (known) return known
  const isSource = node.inputs.length === 0
  const made = isSource
    ? node
    : apply(
        node.op,
        node.inputs.map((each) => replaced(each, places)),
        node.attributes,
      )
  places.set(node, made)
  return made
}

/** What a program wants of a batch; inputs that are no part of a batch are left out. */
function feedsOf(
  program: Program,
  batch: LogitsBatch,
  Floats: Float64ArrayConstructor | Float32ArrayConstructor,
) {
  const vocab = batch.logits[0].length
  const answers = batch.logits.length
  const sequences = batch.sequenceWeight.length
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
    referenceActivations: { data: batch.referenceLogits.flat(), shape: [answers, vocab] },
    referenceLogits: { data: batch.referenceLogits.flat(), shape: [answers, vocab] },
  }
  return Object.fromEntries(
    program.inputs
      .filter(({ name }) => name in all)
      .map(({ name, dtype }) => {
        const { data, shape } = all[name]
        return [name, { data: dtype === 'i32' ? Int32Array.from(data) : Floats.from(data), shape }]
      }),
  )
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
  const { context, logits } = logitsContext(vocab)
  const node = loss.build(context, loss.schema.parse(knobs))
  const [{ dense }] = gradients(node, [logits])
  if (!dense) throw new Error(`internal: ${loss.id} does not depend on the logits`)
  const program = await engine.compile({ value: node, gradient: dense })
  const inputs = feedsOf(program, batch, Floats)
  const value = new Floats(1)
  const gradient = new Floats(answers * vocab)
  await program.run(inputs, { value, gradient })
  return {
    value: value[0],
    gradient: batch.logits.map((_, a) => [...gradient.slice(a * vocab, (a + 1) * vocab)]),
  }
}
