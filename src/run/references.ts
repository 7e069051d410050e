import type { Example } from '../data/example.ts'
import type { HeldTensor } from '../engine/engine.ts'
import type { ResolvedMethod } from '../method/resolve.ts'
import { graphWeights } from '../model/weights.ts'
import { createReferenceActivations, createReferenceLogits, createScorer } from '../train/scorer.ts'
import type { Session } from '../train/session.ts'
import type { ReferenceScores } from '../train/step-source.ts'
import { changedWeights } from '../train/trainable-set.ts'
import type { RunData } from './run-data.ts'

/** Scores of the starting model that the losses need, from a stored state or computed now. */
export async function referenceScores(
  method: ResolvedMethod,
  session: Session,
  data: RunData,
  stored?: ReadonlyMap<string, { data: Float32Array }>,
) {
  const { engine, model, store, inputs, tokenizer } = session
  const losses = { forget: method.forgetLoss, retain: method.retainLoss }
  const tokens: Record<string, Float32Array[]> = {}
  const comparing = Object.values(losses).find((loss) => loss?.needs.preferred)
  const needs = { ...losses, preferred: comparing }
  for (const group of ['forget', 'preferred', 'retain'] as const) {
    const examples = data[group]
    if (!needs[group]?.needs.referenceLogProb || !examples) continue
    const known = stored?.get(`reference ${group}`)
    if (known) {
      tokens[group] = splitByExample(known.data, examples)
      continue
    }
    const weights = graphWeights(model)
    const values = store.tensors
    const scorer = await createScorer({
      engine,
      model,
      weights,
      values,
      inputs,
      padToken: tokenizer.padToken,
    })
    tokens[group] = await scorer.tokenLogProbs(examples)
    scorer.dispose()
  }
  const given = [
    { loss: method.forgetLoss, knobs: method.forgetKnobs },
    { loss: method.retainLoss, knobs: method.retainKnobs },
  ]
  const distribution = given.some(({ loss }) => loss?.needs.referenceDistribution)
    ? await createReferenceLogits(await startingModel(session))
    : null
  const reading = given.find(({ loss }) => loss?.needs.referenceActivations)
  const layer = reading?.loss?.activationLayer?.(reading.knobs, model.layers)
  const activations =
    layer === undefined
      ? null
      : await createReferenceActivations({ ...(await startingModel(session)), layer })
  const scores: ReferenceScores = {
    tokens,
    distribution: distribution && ((batch) => distribution.logits(batch)),
    activations: activations && ((batch) => activations.activations(batch)),
  }
  const entries = Object.entries(tokens)
  return {
    scores,
    stored: new Map(entries.map(([group, values]) => [`reference ${group}`, joined(values)])),
    dispose() {
      distribution?.dispose()
      activations?.dispose()
    },
  }
}

/** Joins arrays of each example's tokens into one, as it is stored. */
export function joined(perExample: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(perExample.reduce((total, { length }) => total + length, 0))
  let start = 0
  for (const values of perExample) {
    all.set(values, start)
    start += values.length
  }
  return all
}

/** The opposite of `joined`. */
export function splitByExample(all: Float32Array, examples: readonly Example[]): Float32Array[] {
  let start = 0
  const parts = examples.map(({ trained }) => {
    const answers = trained.reduce((count, one) => count + one, 0)
    start += answers
    return all.subarray(start - answers, start)
  })
  if (start !== all.length)
    throw new Error(
      `state: expected a number for each of ${start} answer tokens, got ${all.length}`,
    )
  return parts
}

/** The starting model beside the trained one: without its adapter, or, where weights themselves will change, with copies. */
async function startingModel({ engine, model, store, inputs }: Session) {
  const values = new Map(store.tensors)
  for (const name of changedWeights(store.trainable)) {
    const { data, shape } = store.tensors.get(name) as HeldTensor
    const copy = engine.memory.make(data.length)
    await engine.memory.copy(data, copy)
    values.set(name, { data: copy, shape })
  }
  return { engine, model, weights: graphWeights(model), values, inputs }
}
