import {
  add,
  exp,
  gradients,
  input,
  logSoftmax,
  matmul,
  mul,
  type Node,
  neg,
  pickLabels,
  reshape,
  sum,
} from '../graph/index.ts'
import { maskInputs, tableInputs } from '../model/attention-inputs.ts'
import { headLogits, headLogProb } from '../model/head.ts'
import type { LanguageModel, Weights } from '../model/model.ts'
import type { Loss, LossContext } from '../parts/loss/loss.ts'

/** Names of the groups of examples a step draws from, e.g. `forget` and `retain`. */
export type Group = string

/** A loss with its knobs, for one group. */
export interface GroupLoss {
  readonly loss: Loss
  readonly knobs: Readonly<Record<string, unknown>>
}

/** A row update of one parameter: outputs of the program that the host adds (see RowGradient). */
export interface RowOutput {
  readonly parameter: string
  readonly indices: string
  readonly values: string
}

/** The objective that one compiled program computes: losses of all groups and the gradient of their scaled sum. */
export interface Objective {
  readonly outputs: Readonly<Record<string, Node>>
  /** Trainable parameters that get a dense gradient, under `gradientOutput(name)`. */
  readonly dense: ReadonlySet<string>
  readonly rows: readonly RowOutput[]
}

export const gradientOutput = (parameter: string): string => `gradient ${parameter}`
export const lossOutput = (group: Group): string => `loss ${group}`

/** The model's inputs for a batch of whole sequences. */
export function sequenceInputs(model: LanguageModel) {
  return {
    tokens: input('tokens', ['batch', 'seq'], 'i32'),
    positions: input('positions', ['batch', 'seq'], 'i32'),
    masks: maskInputs(model, ['seq', 'seq']),
    tables: tableInputs(model),
    rows: input('rows', ['answers'], 'i32'),
  }
}

/**
 * The graph of one step: `Σ_group scale_group · loss_group` and its gradient for the trainable parameters.
 *
 * One program serves fused and separate combiners: `scale` and the weights choose which groups count in a run, so
 * the gradients of forget and retain come from the same program.
 *
 * @param trainable names of the parameters to differentiate for
 */
export function buildObjective(
  model: LanguageModel,
  weights: Weights & { node(name: string): Node },
  losses: Readonly<Record<Group, GroupLoss>>,
  trainable: readonly string[],
): Objective {
  const inputs = sequenceInputs(model)
  const hidden = lazily(() => model.hidden(weights, inputs))
  const activations = byLayer((layer) => model.activations(weights, inputs, layer))
  // One layer a run: both losses of a method read the same.
  const referenceActivations = lazily(() => input('referenceActivations', ['answers', model.dim]))
  const labels = input('labels', ['answers'], 'i32')
  const membership = input('membership', ['batch', 'answers'])
  const logits = lazily(() => headLogits(model, weights, hidden()))
  const logProb = lazily(() => headLogProb(model, weights, hidden(), labels))
  const sequenceSum = (perToken: Node) =>
    reshape(matmul(membership, reshape(perToken, ['answers', 1])), ['batch'])
  const sequenceLogProb = lazily(() => sequenceSum(logProb()))
  const sequenceLength = lazily(() => sum(membership, [1]))
  const partner = lazily(() => input('partner', ['batch', 'batch']))
  const preferred = (perSequence: Node) =>
    reshape(matmul(partner(), reshape(perSequence, ['batch', 1])), ['batch'])
  const preferredSequenceLogProb = lazily(() => preferred(sequenceLogProb()))
  const referenceLogits = lazily(() => input('referenceLogits', ['answers', model.vocab]))
  const referenceLogProbs = lazily(() => logSoftmax(referenceLogits()))
  const referenceLogProb = lazily(() => input('referenceLogProb', ['answers']))
  const referenceSequenceLogProb = lazily(() => sequenceSum(referenceLogProb()))
  const referencePreferredSequenceLogProb = lazily(() => preferred(referenceSequenceLogProb()))
  const preferredTokenWeight = lazily(() => input('preferred tokenWeight', ['answers']))

  const outputs: Record<string, Node> = {}
  const terms: Node[] = []
  for (const [group, { loss, knobs }] of Object.entries(losses)) {
    const context: LossContext = {
      layers: model.layers,
      dim: model.dim,
      sequenceSum,
      activations,
      referenceActivations,
      logProb,
      sequenceLogProb,
      sequenceLength,
      logits,
      labels: () => labels,
      tokenWeight: lazily(() => input(`${group} tokenWeight`, ['answers'])),
      sequenceWeight: lazily(() => input(`${group} sequenceWeight`, ['batch'])),
      referenceSequenceLogProb,
      preferredSequenceLogProb,
      referencePreferredSequenceLogProb,
      preferredTokenWeight,
      referenceLogProb,
      referenceLogits,
      referenceLogProbs,
    }
    const value = loss.build(context, knobs)
    outputs[lossOutput(group)] = value
    terms.push(mul(value, input(`${group} scale`, [])))
  }
  const total = terms.reduce((a, b) => add(a, b))

  const dense = new Set<string>()
  const rows: RowOutput[] = []
  const results = gradients(total, trainable.map(weights.node))
  for (const [i, parameter] of trainable.entries()) {
    const gradient = results[i]
    if (gradient.dense) {
      dense.add(parameter)
      outputs[gradientOutput(parameter)] = gradient.dense
    }
    for (const { indices, values } of gradient.rows) {
      const names = { indices: `rows ${rows.length} indices`, values: `rows ${rows.length} values` }
      outputs[names.indices] = indices
      outputs[names.values] = values
      rows.push({ parameter, ...names })
    }
  }
  return { outputs, dense, rows }
}

/** The graph of the activations that a loss reads, of one model. */
export function buildActivations(
  model: LanguageModel,
  weights: Weights,
  layer: number,
): Readonly<Record<string, Node>> {
  return { activations: model.activations(weights, sequenceInputs(model), layer) }
}

/** The graph that scores a batch: log p of each label, or the logits of every token. */
export function buildScorer(
  model: LanguageModel,
  weights: Weights,
  options: { allLogits: boolean },
): Readonly<Record<string, Node>> {
  const hidden = model.hidden(weights, sequenceInputs(model))
  if (options.allLogits) return { logits: headLogits(model, weights, hidden) }
  const labels = input('labels', ['answers'], 'i32')
  return { logProb: headLogProb(model, weights, hidden, labels) }
}

/** The graph that says of each answer token how likely it is and how sure the model was. */
export function buildTokenScores(
  model: LanguageModel,
  weights: Weights,
  options: { entropy: boolean },
): Readonly<Record<string, Node>> {
  const hidden = model.hidden(weights, sequenceInputs(model))
  const labels = input('labels', ['answers'], 'i32')
  if (!options.entropy) return { logProb: headLogProb(model, weights, hidden, labels) }
  const logProbs = logSoftmax(headLogits(model, weights, hidden))
  return {
    logProb: pickLabels(logProbs, labels),
    entropy: neg(sum(mul(exp(logProbs), logProbs), [1])),
  }
}

function byLayer(make: (layer: number) => Node): (layer: number) => Node {
  const made = new Map<number, Node>()
  return (layer) => {
    const node = made.get(layer) ?? make(layer)
    made.set(layer, node)
    return node
  }
}

function lazily<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
