/** `node dist/bench/method-step.js <method> [second-model]`: times the steps of one method; one process, so that memory is its own. */
import type { Example } from '../src/data/example.ts'
import { createEngine } from '../src/engine/node-engine.ts'
import { integer } from '../src/math/random.ts'
import { resolveMethod } from '../src/method/resolve.ts'
import { buildModel } from '../src/model/architectures.ts'
import { graphWeights } from '../src/model/weights.ts'
import { estimators } from '../src/parts/estimate/estimators.ts'
import { exact } from '../src/parts/estimate/exact.ts'
import { adamw } from '../src/parts/optim/adamw.ts'
import { BatchInputs } from '../src/train/batch-inputs.ts'
import { createLearner } from '../src/train/learner.ts'
import type { MicroBatch } from '../src/train/micro-batch.ts'
import {
  createReferenceActivations,
  createReferenceLogits,
  createScorer,
} from '../src/train/scorer.ts'
import type { StepData } from '../src/train/step.ts'
import { type ReferenceScores, unlearningSteps } from '../src/train/step-source.ts'
import { chooseTrainable, type ParameterChoice } from '../src/train/trainable-set.ts'
import { loadWeights } from '../src/train/weight-store.ts'
import { benchShapes } from './shapes.ts'

const batchSize = 8
const seq = 64
const answers = 48
const warmUps = 3
const timed = 12

const [id, mode] = process.argv.slice(2)
const shape = benchShapes[0]
const engine = await createEngine()
const model = buildModel(shape.config, 'bench')
const method = resolveMethod({ id })
const train = method.method.recipe?.train ?? {}
const parameters = (train.parameters ?? 'all') as ParameterChoice
const trainable = chooseTrainable(
  model,
  typeof parameters === 'object' && 'lora' in parameters
    ? {
        lora: {
          alpha: null,
          targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
          ...(parameters.lora as { rank: number }),
        },
      }
    : parameters,
)
const store = await loadWeights(
  engine.memory,
  model,
  trainable,
  async (name) => model.initialValue(name, 0),
  0,
)
const inputs = new BatchInputs(model)
const losses = {
  forget: { loss: method.forgetLoss, knobs: method.forgetKnobs },
  ...(method.retainLoss ? { retain: { loss: method.retainLoss, knobs: method.retainKnobs } } : {}),
}
const needs = { ...method.forgetLoss.needs, ...method.retainLoss?.needs }
const gradients = (train.gradients ?? { id: 'exact' }) as { id: string }
const estimator = estimators.get(gradients.id) ?? exact
const learner = await createLearner({
  engine,
  model,
  store,
  inputs,
  losses,
  combiner: method.combiner,
  combinerKnobs: method.combinerKnobs,
  optimizer: adamw as never,
  optimizerKnobs: adamw.schema.parse({}),
  clipNorm: 1,
  adaptRateEvery: (train.adaptRateEvery as number | undefined) ?? null,
  estimator: { estimator: estimator as never, knobs: estimator.schema.parse({}), seed: 0 },
})

/** What the starting model is asked in every step, of a copy of the weights where they train. */
const frozen = new Map(store.tensors)
if (needs.referenceDistribution || needs.referenceActivations || mode === 'second-model')
  for (const [name, view] of store.trained.views)
    if (model.parameters.has(name)) {
      const data = engine.memory.make(view.length)
      await engine.memory.copy(view, data)
      frozen.set(name, { data, shape: model.parameters.get(name) ?? [] })
    }
const starting = { engine, model, weights: graphWeights(model), values: frozen, inputs }
const logits = needs.referenceDistribution ? await createReferenceLogits(starting) : null
const layer = method.forgetLoss.activationLayer?.(method.forgetKnobs, model.layers) ?? 0
const activations = needs.referenceActivations
  ? await createReferenceActivations({ ...starting, layer })
  : null
const scorer = mode === 'second-model' ? await createScorer({ ...starting, padToken: 0 }) : null

const sets = { forget: examples(96, 1), preferred: examples(96, 2), retain: examples(96, 3) }
const cached = (set: readonly Example[]) => set.map(() => new Float32Array(answers).fill(-8))
const references: ReferenceScores = {
  tokens: needs.referenceLogProb
    ? { forget: cached(sets.forget), preferred: cached(sets.preferred) }
    : {},
  distribution: logits && ((batch) => logits.logits(batch)),
  activations: activations && ((batch) => activations.activations(batch)),
}
const source = unlearningSteps({
  forget: sets.forget,
  preferred: needs.preferred ? sets.preferred : null,
  retain: method.retainLoss ? sets.retain : null,
  batchSize,
  accumulate: 1,
  seed: 0,
  padToken: 0,
  separate: learner.separate,
  references,
})

const milliseconds: number[] = []
for (let i = 0; i < warmUps + timed; i++) {
  const started = performance.now()
  const data = await source.at(Math.floor(i / source.stepsPerEpoch), i % source.stepsPerEpoch)
  await learner.step(scorer ? await scored(data) : data, 1e-5, i + 1)
  if (i >= warmUps) milliseconds.push(performance.now() - started)
}
milliseconds.sort((a, b) => a - b)
const peakBytes = process.resourceUsage().maxRSS * 1024
process.stdout.write(
  `${JSON.stringify({ id, milliseconds: milliseconds[timed >> 1], peakBytes, trained: trainable.layout.size })}\n`,
)
engine.dispose()

/** Scores the forget sequences of a step by the second model, as code without a cache does. */
async function scored(data: StepData): Promise<StepData> {
  const score = async (micro: MicroBatch): Promise<MicroBatch> => {
    const members = [...micro.batch.examples].map((index, b) =>
      micro.groups[b] === 'forget' ? sets.forget[index] : sets.retain[index],
    )
    const found = (await scorer?.tokenLogProbs(members)) ?? []
    return { ...micro, referenceLogProb: Float32Array.from(found.flatMap((row) => [...row])) }
  }
  return {
    forget: await Promise.all(data.forget.map(score)),
    retain: data.retain,
    together: await Promise.all(data.together.map(score)),
  }
}

function examples(count: number, seed: number): Example[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    tokens: Int32Array.from({ length: seq }, (_, t) =>
      integer(seed, ['token', index], t, model.vocab),
    ),
    trained: Uint8Array.from({ length: seq }, (_, t) => (t >= seq - answers ? 1 : 0)),
    promptLength: seq - answers,
    prompt: '',
    answer: '',
    origin: { file: 'bench', line: index + 1 },
    truncatedTokens: 0,
  }))
}
