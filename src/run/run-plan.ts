import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { freemem } from 'node:os'
import { dirname, resolve } from 'node:path'
import type { Engine } from '../engine/engine.ts'
import { formatProblem, UserError } from '../error.ts'
import { peakIntermediateBytes } from '../graph/live-memory.ts'
import { sizeOf, totalSize } from '../graph/shape.ts'
import { cachedPositions } from '../measure/score/measurer.ts'
import { type ResolvedMethod, resolveMethod } from '../method/resolve.ts'
import { graphWeights } from '../model/weights.ts'
import { sharpness } from '../parts/combine/sharpness.ts'
import { registryOf } from '../recipe/plugins.ts'
import type { Recipe } from '../recipe/recipe-schema.ts'
import type { Registry } from '../recipe/registry.ts'
import { hiddenMatrices } from '../train/hidden-matrices.ts'
import { buildObjective } from '../train/objective.ts'
import { type OpenedModel, openModel, openSession, storedModelBytes } from '../train/session.ts'
import { slotLengths } from '../train/slot-lengths.ts'
import { positionsOf } from '../train/step.ts'
import type { StepSource } from '../train/step-source.ts'
import { changedWeights, chooseTrainable } from '../train/trainable-set.ts'
import { type UpdateKind, updateKinds } from '../train/update-kinds.ts'
import { bytesText } from '../units.ts'
import { loadData, type RunData } from './run-data.ts'
import { startMemory } from './start-memory.ts'
import { createUnlearner } from './unlearn-learner.ts'
import { needsSeparateGradients, noReferences, runSteps } from './unlearn-steps.ts'

/** What a run will need, before it starts. */
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
  /** Of training, from the probe; null without one. */
  readonly seconds: number | null
  readonly secondsPerStep: number | null
  /** Known-bad settings. */
  readonly warnings: readonly string[]
}

/** Node, its heap and the runtime's library, as measured with an empty program. */
export const processBytes = 200 * 2 ** 20

/** The runtime's arena keeps freed pieces of several shapes; measured over what is live: see docs/log.md. */
const arenaOverhead = 1.15

/** Steps timed by the probe, after one that is not. */
const timedSteps = 3

/**
 * Counts what a recipe will take: memory by part from the graph itself, no weight loaded.
 *
 * @throws UserError where it cannot fit into memory or on the disk, with what would
 */
export async function planRun(
  recipe: Recipe,
  { registry: base, ...limits }: { freeBytes: number; registry?: Registry },
): Promise<Plan> {
  const registry = await registryOf(recipe, base)
  const opened = await openModel(recipe.model)
  const data = await loadData(recipe, opened, () => {}, registry)
  const estimate = await estimateRun(recipe, opened, data, registry)
  await requireRoom(recipe, estimate, limits)
  return estimate
}

/** @throws UserError where a plan does not fit into memory or on the disk, with a proposal */
export async function requireRoom(
  recipe: Recipe,
  estimate: Plan,
  limits: { freeBytes: number },
): Promise<void> {
  const freeDisk = await freeDiskBytes(recipe.output)
  const problems = []
  if (estimate.peakBytes > limits.freeBytes)
    problems.push({
      code: 'does-not-fit',
      path: 'memory',
      expected: `at most ${bytesText(limits.freeBytes)} free`,
      got: `a need of ${bytesText(estimate.peakBytes)} (${parts(estimate.memoryBytes)})`,
      hint: proposal(recipe, estimate),
    })
  if (estimate.diskBytes > freeDisk)
    problems.push({
      code: 'does-not-fit',
      path: 'disk',
      expected: `at most ${bytesText(freeDisk)} free in ${recipe.output}`,
      got: `a need of ${bytesText(estimate.diskBytes)}`,
      hint: 'Keep fewer states (train.keepStates), or choose another output.',
    })
  if (problems.length > 0) throw new UserError(problems)
}

/** The numbers of a plan, whether it fits or not. */
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
  const { padToken } = opened.tokenizer
  const { source, totalSteps } = runSteps(recipe, method, data, padToken, noReferences)
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
    (looksAlongUpdates(recipe) ? 2 : 0) +
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
    // Keys and values of the prompts that are answered together.
    evaluation: 8 * model.layers * model.keyValueHeads * model.headDim * cachedPositions,
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
    diskBytes: state * (recipe.train.keepStates + 1) + modelBytes,
    seconds: null,
    secondsPerStep: null,
    warnings: [...opened.notes.map(formatProblem), ...knownBad(recipe, method)],
  }
}

/** Times a few real steps on the loaded model, then throws the weights away. */
export async function probeRun(
  recipe: Recipe,
  plan: Plan,
  engine: Engine,
  clock: () => number,
): Promise<Plan> {
  const registry = await registryOf(recipe)
  const opened = await openModel(recipe.model)
  const data = await loadData(recipe, opened, () => {}, registry)
  const session = await openSession(engine, opened, recipe.train.parameters, recipe.train.seed)
  const learner = await createUnlearner(recipe, session, registry)
  const method = resolveMethod(recipe.method, registry)
  const { source } = runSteps(recipe, method, data, opened.tokenizer.padToken, noReferences)
  let seconds = 0
  let positions = 0
  for (let i = 0; i <= timedSteps; i++) {
    const place = Math.floor((i * source.stepsPerEpoch) / (timedSteps + 1))
    const step = await source.at(0, place)
    const started = clock()
    await learner.step(step, recipe.train.learningRate, i + 1)
    if (i === 0) continue
    seconds += (clock() - started) / 1000
    positions += positionsOf(step)
  }
  learner.dispose()
  const total = (plan.tokens * seconds) / positions
  return { ...plan, seconds: total, secondsPerStep: total / plan.totalSteps }
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
  const { learningRate, epochs, optimizer } = recipe.train
  const warnings: string[] = []
  if (forgetLoss.unbounded && learningRate >= 1e-5 && (epochs ?? 0) > 3)
    warnings.push(
      `${forgetLoss.title.toLowerCase()} is unbounded: at learning rate ${learningRate} it usually ruins the model within 3 epochs; use npo, or fewer epochs`,
    )
  const momentum = Number(optimizer.beta1 ?? optimizer.momentum)
  if ('dualMomentum' in combinerKnobs && momentum > gameMomentum)
    warnings.push(
      `momentum makes weights and multiplier swing: of train.optimizer ${optimizer.id}, ${optimizer.beta1 === undefined ? 'momentum' : 'beta1'} is ${momentum}; ${gameMomentum} or less settles better`,
    )
  return warnings
}

function proposal(recipe: Recipe, { memoryBytes }: Plan): string {
  const { parameters, batchSize, accumulate } = recipe.train
  const full = parameters === 'all' || parameters.pattern !== undefined
  if (full && memoryBytes.gradients + memoryBytes.optimizer > memoryBytes.activations)
    return 'Train adapters instead: train.parameters: { lora: { rank: 16 } }.'
  if (batchSize > 1)
    return `Take smaller micro-batches: train.batchSize: ${Math.ceil(batchSize / 2)} with train.accumulate: ${accumulate * 2} is the same step.`
  return 'Shorten the sequences (maxLength), or take a machine with more memory.'
}

function parts(memoryBytes: Readonly<Record<string, number>>): string {
  return Object.entries(memoryBytes)
    .filter(([, bytes]) => bytes > 0)
    .map(([part, bytes]) => `${part} ${bytesText(bytes)}`)
    .join(', ')
}

/** Free bytes where a folder is, or will be. */
export async function freeDiskBytes(output: string): Promise<number> {
  let folder = resolve(output)
  while (!existsSync(folder)) folder = dirname(folder)
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

/** Memory that a new process may take without swapping. */
export function freeMemoryBytes(): number {
  return process.availableMemory?.() ?? freemem()
}

function looksAlongUpdates({ train }: Recipe): boolean {
  return Boolean(train.adaptRateEvery ?? train.groupRates ?? train.softmaxRadius)
}
