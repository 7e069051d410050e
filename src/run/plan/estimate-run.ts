import { evaluationSets } from '../../benchmark/takedown.ts'
import { evenlySpaced } from '../../data/evenly-spaced.ts'
import { formatProblem } from '../../error.ts'
import { peakIntermediateBytes } from '../../graph/live-memory.ts'
import { sizeOf, totalSize } from '../../graph/shape.ts'
import { rowsPerChunk } from '../../measure/score/measure-rows.ts'
import { cachedPositions } from '../../measure/score/measurer.ts'
import { type ResolvedMethod, resolveMethod } from '../../method/resolve.ts'
import { firstNewTokens } from '../../model/generate.ts'
import { positionBytes } from '../../model/key-value-cache.ts'
import { tokensPerPass } from '../../model/shared-prompts.ts'
import { graphWeights } from '../../model/weights.ts'
import { sharpness } from '../../parts/combine/sharpness.ts'
import type { Recipe } from '../../recipe/recipe-schema.ts'
import type { Registry } from '../../recipe/registry.ts'
import { secondsOf } from '../../recipe/section/goal-section.ts'
import { hiddenMatrices } from '../../train/hidden-matrices.ts'
import { buildObjective } from '../../train/objective.ts'
import { type OpenedModel, storedModelBytes } from '../../train/session.ts'
import { slotLengths } from '../../train/slot-lengths.ts'
import { positionsOf } from '../../train/step.ts'
import type { StepSource } from '../../train/step-source.ts'
import { changedWeights, chooseTrainable } from '../../train/trainable-set.ts'
import { type UpdateKind, updateKinds } from '../../train/update-kinds.ts'
import { beyondPositions } from '../beyond-positions.ts'
import type { RunData } from '../run-data.ts'
import { needsSeparateGradients, noReferences, runSteps } from '../unlearn-steps.ts'
import { startMemory } from './start-memory.ts'

/** The plan of a run: the time, memory and disk it will need. */
export interface Plan {
  readonly parameters: number
  readonly trainableParameters: number
  readonly totalSteps: number
  readonly stepsPerEpoch: number
  /** Positions that go through the model in training, padding included. */
  readonly tokens: number
  readonly peakBytes: number
  /** Part → bytes; together `peakBytes`. */
  readonly memoryBytes: Readonly<Record<string, number>>
  readonly diskBytes: number
  /** Of all of it, from the probe; null without one. */
  readonly seconds: number | null
  /** Together `seconds`. */
  readonly partSeconds: PartSeconds | null
  readonly secondsPerStep: number | null
  /** The time that a goal gives itself, by which its steps are bounded; null where the recipe says how many there are. */
  readonly withinSeconds: number | null
  /** Known-bad settings. */
  readonly warnings: readonly string[]
}

/** The time of each part of a run. */
export type PartSeconds = Readonly<
  Record<'opening' | 'answering' | 'measuring' | 'training' | 'evaluations' | 'exporting', number>
>

/** Node, its heap and the runtime's library, as measured with an empty program. */
export const processBytes = 200 * 2 ** 20

/** The runtime's arena keeps freed pieces of several shapes; measured over what is live: see docs/log.md. */
const arenaOverhead = 1.15

/** Estimates what a run will need, whether it fits or not. */
export async function estimateRun(
  recipe: Recipe,
  opened: OpenedModel,
  data: RunData,
  registry: Registry,
): Promise<Plan> {
  const { model, checkpoint } = opened
  const trainable = chooseTrainable(model, recipe.train.parameters)
  const method = resolveMethod(recipe.method, registry)
  const optimizer = registry.optimizers.get(String(recipe.train.optimizer.id))
  if (!optimizer) throw new Error(`internal: no optimiser ${recipe.train.optimizer.id}`)
  const estimator = registry.estimators.get(recipe.train.gradients.id)
  const { source, totalSteps } = runSteps(recipe, method, data, opened, noReferences)
  const { largest, positions } = await surveyEpoch(source)
  const objective = buildObjective(
    model,
    graphWeights(model, trainable.adapter),
    {
      forget: { loss: method.forgetLoss, knobs: method.forgetKnobs },
      ...(method.retainLoss
        ? { retain: { loss: method.retainLoss, knobs: method.retainKnobs } }
        : {}),
    },
    estimator?.needs.backward ? [...trainable.shapes.keys()] : [],
  )
  const intermediate = peakIntermediateBytes(Object.values(objective.outputs), largest)
  const parameters = totalSize(model.parameters.values())
  const trained = trainable.layout.size
  const separate = needsSeparateGradients(method, recipe)
  const gradientArrays =
    (separate ? 2 : 1) +
    (method.combiner.refinement?.gradientBuffers ?? 0) +
    (recipe.train.sharpness && method.retainLoss ? sharpness.gradientBuffers : 0) +
    (recipe.train.accumulate > 1 ? 1 : 0) +
    // Where the weights were and where they went.
    (measuresAlongUpdates(recipe) ? 2 : 0) +
    // What the weights are put back from.
    (estimator?.needs.forward ? 1 : 0)
  const copied = needsStartingModel(method) ? changedWeights(trainable) : []
  const copies = totalSize(copied.map((name) => model.parameters.get(name) ?? []))
  const adapters = trainable.adapter ? trained : 0
  const kinds = updateKinds(optimizer, trained, hiddenMatrices(model, trainable))
  const slots = [...slotLengths(kinds).values()].reduce((a, b) => a + b, 0)
  const start = startMemory(opened, data, trainable)
  const memoryBytes = {
    weights: 4 * (parameters + adapters),
    gradients: 4 * trained * gradientArrays,
    optimizer: 4 * slots,
    adapterStart: start.startBytes + start.keptBytes,
    reference: 4 * copies,
    // Passes and updates take turns in one arena.
    activations: Math.round(
      Math.max(intermediate, start.intermediateBytes, updateBytes(kinds, separate ? 2 : 1)) *
        arenaOverhead,
    ),
    // One tensor at a time is read back after the export, while the arena keeps what training took.
    export: 4 * Math.max(...[...model.parameters.values()].map((shape) => sizeOf(shape))),
    evaluation: positionBytes(model) * measuredPositions(recipe, data),
    process: processBytes,
  }
  const kept = trained * (method.combiner.refinement?.memory?.length ?? 0)
  const state = 4 * (trained + slots + kept) + start.keptBytes
  const modelBytes = storedModelBytes(checkpoint)
  return {
    parameters,
    trainableParameters: totalSize(trainable.shapes.values()),
    totalSteps,
    stepsPerEpoch: source.stepsPerEpoch,
    tokens: Math.round((positions * totalSteps) / source.stepsPerEpoch),
    peakBytes: Object.values(memoryBytes).reduce((a, b) => a + b, 0),
    memoryBytes,
    // While a new state is written the ones to be kept are still there.
    diskBytes: state * (statesOf(recipe) + 1) + modelBytes,
    seconds: null,
    partSeconds: null,
    secondsPerStep: null,
    withinSeconds: recipe.goal ? secondsOf(recipe.goal.within) : null,
    warnings: [
      ...[...opened.notes, ...beyondPositions(recipe, opened.model)].map(formatProblem),
      ...knownBad(recipe, method),
    ],
  }
}

/** How many states lie on the disk: those that are kept, and one that nothing speaks against; of a goal one for each trial, the start's and the best. */
function statesOf({ goal, train }: Recipe): number {
  return goal ? goal.rates.length + 2 : train.keepStates + 1
}

/** Positions of the caches of prompts answered together, with the half of them that goes on where the others have ended. */
function measuredPositions({ evaluate }: Recipe, data: RunData): number {
  const room = Math.min(evaluate.maxNewTokens, firstNewTokens)
  const examples = evaluationSets.flatMap((set) => evenlySpaced(data[set] ?? [], evaluate.limit))
  const longest = Math.max(...examples.map(({ promptLength }) => promptLength + room))
  const all = Math.min(examples.length, rowsPerChunk) * longest
  return 1.5 * Math.max(longest, Math.min(all, cachedPositions)) + tokensPerPass
}

/** What the largest part takes besides weights, gradients and state. */
function updateBytes(kinds: readonly UpdateKind[], gradients: number): number {
  const peaks = kinds.flatMap((kind) => {
    const outputs = Object.values(kind.graph(gradients))
    return kind.parts.map(({ shape: [rows, columns = 1] }) =>
      peakIntermediateBytes(
        outputs,
        new Map([
          ['n', rows],
          ['rows', rows],
          ['columns', columns],
        ]),
      ),
    )
  })
  return Math.max(...peaks)
}

/** The micro-batch that takes most memory, and all positions of an epoch. */
async function surveyEpoch(source: StepSource) {
  let largest = new Map<string, number>()
  let most = 0
  let positions = 0
  for (let step = 0; step < source.stepsPerEpoch; step++) {
    const data = await source.at(0, step)
    positions += positionsOf(data)
    for (const { batch } of [...data.forget, ...data.retain, ...data.together]) {
      const size = batch.batch * batch.seq
      if (size <= most) continue
      most = size
      largest = new Map([
        ['batch', batch.batch],
        ['seq', batch.seq],
        ['answers', batch.rows.length],
        ['positions', batch.seq],
      ])
    }
  }
  return { largest, positions }
}

/** A loss reads the starting model in every step. */
function needsStartingModel({ forgetLoss, retainLoss }: ResolvedMethod): boolean {
  return [forgetLoss, retainLoss].some(
    (loss) => loss?.needs.referenceDistribution || loss?.needs.referenceActivations,
  )
}

/** Most of an optimiser's momentum that a multiplier plays well against: arXiv:2505.19537. */
const gameMomentum = 0.3

function knownBad(recipe: Recipe, { forgetLoss, combinerKnobs }: ResolvedMethod): string[] {
  const { learningRate, epochs, optimizer, weights } = recipe.train
  const warnings: string[] = []
  if (forgetLoss.unbounded && learningRate >= 1e-5 && (epochs ?? 0) > 3)
    warnings.push(
      `${forgetLoss.title.toLowerCase()} is unbounded: at learning rate ${learningRate} it usually ruins the model within 3 epochs; use npo, or fewer epochs`,
    )
  if (weights === 'bf16')
    warnings.push(
      'weights are rounded to bf16 after each update, as in released TOFU runs: most updates of 1e-5 are lost; train.weights f32 keeps them',
    )
  const momentum = Number(optimizer.beta1 ?? optimizer.momentum)
  if ('dualMomentum' in combinerKnobs && momentum > gameMomentum)
    warnings.push(
      `momentum makes weights and multiplier swing: of train.optimizer ${optimizer.id}, ${optimizer.beta1 === undefined ? 'momentum' : 'beta1'} is ${momentum}; ${gameMomentum} or less settles better`,
    )
  return warnings
}

function measuresAlongUpdates({ train }: Recipe): boolean {
  return Boolean(train.adaptRateEvery ?? train.groupRates ?? train.softmaxRadius)
}
