import type { ResolvedMethod } from '../method/index.ts'
import { graphWeights } from '../model/weights.ts'
import {
  createReferenceActivations,
  createReferenceDistribution,
  createScorer,
} from '../train/scorer.ts'
import type { ReferenceScores } from '../train/steps.ts'
import type { RunData } from './run-data.ts'
import type { Session } from './session.ts'

/** Scores of the starting model that the losses need, from a stored state or computed now. */
export async function referenceScores(
  method: ResolvedMethod,
  session: Session,
  data: RunData,
  stored?: ReadonlyMap<string, { data: Float32Array }>,
) {
  const { engine, model, store, feeds, tokenizer } = session
  const losses = { forget: method.forgetLoss, retain: method.retainLoss }
  const sequence: Record<string, Float32Array> = {}
  const comparing = Object.values(losses).find((loss) => loss?.needs.preferred)
  const needs = { ...losses, preferred: comparing }
  for (const group of ['forget', 'preferred', 'retain'] as const) {
    const examples = data[group]
    if (!needs[group]?.needs.referenceSequenceLogProb || !examples) continue
    const known = stored?.get(`reference ${group}`)
    if (known) {
      sequence[group] = known.data
      continue
    }
    const weights = graphWeights(model)
    const values = store.tensors
    const scorer = await createScorer({
      engine,
      model,
      weights,
      values,
      feeds,
      padToken: tokenizer.padToken,
    })
    sequence[group] = Float32Array.from(await scorer.score(examples), ({ logProb }) => logProb)
    scorer.dispose()
  }
  const given = [
    { loss: method.forgetLoss, knobs: method.forgetKnobs },
    { loss: method.retainLoss, knobs: method.retainKnobs },
  ]
  const distribution = given.some(({ loss }) => loss?.needs.referenceLogProbs)
    ? await createReferenceDistribution(startingModel(session))
    : null
  const reading = given.find(({ loss }) => loss?.needs.referenceActivations)
  const layer = reading?.loss?.activationLayer?.(reading.knobs, model.layers)
  const activations =
    layer === undefined
      ? null
      : await createReferenceActivations({ ...startingModel(session), layer })
  const scores: ReferenceScores = {
    sequence,
    distribution: distribution && ((batch) => distribution.logProbs(batch)),
    activations: activations && ((batch) => activations.activations(batch)),
  }
  const entries = Object.entries(sequence)
  return {
    scores,
    stored: new Map(entries.map(([group, values]) => [`reference ${group}`, values])),
    dispose() {
      distribution?.dispose()
      activations?.dispose()
    },
  }
}

/** The starting model beside the trained one: without its adapters, or, where weights themselves train, a copy. */
function startingModel({ engine, model, store, feeds }: Session) {
  const values = new Map(store.tensors)
  if (!store.trainable.lora)
    for (const [name, view] of store.trained.views) {
      const shape = model.parameters.get(name) as readonly number[]
      values.set(name, { data: view.slice(), shape })
    }
  return { engine, model, weights: graphWeights(model), values, feeds }
}
