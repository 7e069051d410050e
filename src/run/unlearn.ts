import { join } from 'node:path'
import {
  latestState,
  loadState,
  retainStates,
  saveState,
  writeFileAtomic,
} from '../checkpoint/index.ts'
import { type Example, loadExamples, overlapProblems, previewTokens } from '../data/index.ts'
import type { Engine } from '../engine/engine.ts'
import { UserError } from '../error.ts'
import { resolveMethod } from '../method/index.ts'
import type { EvaluationRecord, EvaluationSet } from '../metric/record.ts'
import { createGenerator } from '../model/generate.ts'
import { graphWeights } from '../model/weights.ts'
import { optimizers } from '../optim/index.ts'
import type { Recipe } from '../recipe/schema.ts'
import { type Evaluator, evaluateSet } from '../train/evaluate.ts'
import { checkEffect, type Trip } from '../train/guards.ts'
import { createLearner, type Learner } from '../train/learner.ts'
import { createReferenceDistribution, createScorer } from '../train/scorer.ts'
import { type ReferenceScores, unlearningSteps } from '../train/steps.ts'
import { type Progress, restoreState, stateOf, train } from '../train/trainer.ts'
import type { EventLog } from './event-log.ts'
import type { NewEvent } from './events.ts'
import { createLogitProbe, exportModel, reload } from './export.ts'
import { createLooker, spread } from './look.ts'
import { buildMetrics, writeMetrics } from './metrics-file.ts'
import { modelCard } from './model-card.ts'
import type { RunFolder } from './run-folder.ts'
import { openSamples, readSamples, type Sample } from './samples.ts'
import { openSession, type Session } from './session.ts'
import { versions } from './versions.ts'

export interface UnlearnOptions {
  readonly recipe: Recipe
  /** The resolved recipe as text, for the model card. */
  readonly recipeText: string
  readonly folder: RunFolder
  readonly log: EventLog
  readonly engine: Engine
  /** Go on from the latest saved state. */
  readonly resume: boolean
  readonly stopRequested: () => boolean
  /** Milliseconds from any start. */
  readonly clock: () => number
}

/** How a run ended; a tripped guard leaves its last good state. */
export type RunOutcome = 'finished' | 'interrupted' | 'guard'

/**
 * Runs an unlearning recipe: measure, train, export, measure what was exported.
 *
 * Everything that happens goes through the event log; everything that stays is in the run folder.
 */
export async function unlearn(options: UnlearnOptions): Promise<RunOutcome> {
  const { recipe, folder, log, engine } = options
  const emit = (event: NewEvent) => void log.append(event)
  const started = options.clock()
  const statePath = options.resume ? await latestState(folder.state) : null
  const state = statePath ? await loadState(statePath) : null
  const session = await openSession(
    engine,
    recipe.model,
    recipe.train.parameters,
    recipe.train.seed,
  )
  const data = await loadData(recipe, session, emit)
  const evaluator = await createEvaluator(session, recipe.evaluate.maxNewTokens)
  const learner = await createUnlearner(recipe, session)
  const method = resolveMethod(recipe.method)

  const startedEvent = describeRun(recipe, session, data, method.method)
  if (statePath) emit({ type: 'run.resumed', step: state?.step ?? 0, statePath })
  else emit({ type: 'run.started', step: 0, ...startedEvent })
  if (!statePath) emit(previewEvent(data, session))

  const before = await measureBefore(folder, data, evaluator, recipe, emit)
  const references = await referenceScores(method, session, data, state?.tensors)
  const progress: Progress = state
    ? restoreState(learner, state)
    : { step: 0, tokens: 0, firstRetainLoss: null }

  const source = unlearningSteps({
    forget: data.forget,
    retain: data.retain,
    batchSize: recipe.train.batchSize,
    accumulate: recipe.train.accumulate,
    seed: recipe.train.seed,
    padToken: session.tokenizer.padToken,
    separate: learner.separate,
    references: references.scores,
  })
  const totalSteps = recipe.train.steps ?? (recipe.train.epochs ?? 1) * source.stepsPerEpoch
  const interval = (every: number | 'epoch' | null) =>
    every === 'epoch' ? source.stepsPerEpoch : every
  const looker = createLooker({
    evaluator,
    forget: data.forget,
    retain: data.retain ?? [],
    probes: recipe.evaluate.probes,
    emit,
  })
  const save = async (at: Progress): Promise<string> => {
    const path = await saveState(folder.state, stateOf(learner, at, references.stored))
    await retainStates(folder.state, recipe.train.keepStates)
    const bytes = 4 * session.store.trained.data.length * (1 + learner.slots.size)
    emit({ type: 'checkpoint.saved', step: at.step, kind: 'state', path, bytes, check: null })
    return path
  }
  const utilityBefore = await looker.look(progress.step)
  const outcome = await train(
    {
      learner,
      source,
      totalSteps,
      schedule: {
        kind: recipe.train.schedule,
        learningRate: recipe.train.learningRate,
        warmupSteps: recipe.train.warmupSteps,
      },
      guards: recipe.train.guards,
      saveEvery: interval(recipe.train.saveEvery),
      lookEvery: interval(recipe.evaluate.every),
      before: utilityBefore,
      clock: options.clock,
      stopRequested: options.stopRequested,
      save: async (at) => void (await save(at)),
      look: (step) => looker.look(step),
      onStep: async ({ finite: _, ...report }) => emit({ type: 'step', ...report }),
    },
    progress,
  )
  learner.dispose()
  references.dispose()

  if (outcome.kind === 'interrupted') {
    const path = (await latestState(folder.state)) as string
    emit({ type: 'run.paused', step: progress.step, reason: 'interrupt', statePath: path })
    return 'interrupted'
  }
  if (outcome.kind === 'guard') {
    await reportTrip(outcome.trip, progress.step, folder, emit)
    return 'guard'
  }
  const guards = await finish(options, { session, data, evaluator, before, startedEvent, progress })
  emit({
    type: 'run.finished',
    step: progress.step,
    seconds: (options.clock() - started) / 1000,
    tokens: progress.tokens,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  })
  return guards.length > 0 ? 'guard' : 'finished'
}

interface RunData {
  readonly forget: readonly Example[]
  readonly retain: readonly Example[] | null
}

async function loadData(
  recipe: Recipe,
  { tokenizer, model }: Session,
  emit: (event: NewEvent) => void,
): Promise<RunData> {
  const load = async (section: NonNullable<Recipe['retain']>) => {
    const { examples, report } = await loadExamples(section.path, tokenizer, {
      maxLength: section.maxLength ?? model.maxPositions,
      preference: section.preference,
      ...(section.template ? { template: section.template } : {}),
    })
    for (const { code, path, expected, got, hint } of report.warnings)
      emit({
        type: 'warning',
        step: 0,
        code,
        message: `${path ?? section.path}: expected ${expected}, got ${got}`,
        hint: hint ?? null,
      })
    if (report.truncated.length > 0)
      emit({
        type: 'warning',
        step: 0,
        code: 'truncated',
        message: `${section.path}: ${report.truncated.length} of ${report.examples} examples were cut, by ${report.truncatedTokens} tokens in all`,
        hint: 'Raise maxLength, or shorten the examples.',
      })
    return section.limit === null ? examples : examples.slice(0, section.limit)
  }
  const forget = await load(recipe.forget)
  const retain = recipe.retain ? await load(recipe.retain) : null
  const overlap = retain ? overlapProblems(forget, retain) : []
  if (overlap.length > 0) throw new UserError(overlap)
  return { forget, retain }
}

async function createEvaluator(session: Session, maxNewTokens: number): Promise<Evaluator> {
  const { engine, model, store, feeds, tokenizer, stopTokens } = session
  const weights = graphWeights(model, store.trainable.lora)
  const values = store.tensors
  return {
    scorer: await createScorer({
      engine,
      model,
      weights,
      values,
      feeds,
      padToken: tokenizer.padToken,
    }),
    generator: await createGenerator({ engine, model, weights, values }),
    tokenizer,
    stopTokens,
    maxNewTokens,
  }
}

/** The learner of an unlearning recipe; `plan` measures the same one. */
export async function createUnlearner(recipe: Recipe, session: Session): Promise<Learner> {
  const { engine, model, store, feeds } = session
  const method = resolveMethod(recipe.method)
  const { id, ...knobs } = recipe.train.optimizer
  const optimizer = optimizers.get(String(id))
  if (!optimizer) throw new Error(`internal: no optimiser ${id}`)
  return createLearner({
    engine,
    model,
    store,
    feeds,
    losses: {
      forget: { loss: method.forgetLoss, knobs: method.forgetKnobs },
      ...(method.retainLoss
        ? { retain: { loss: method.retainLoss, knobs: method.retainKnobs } }
        : {}),
    },
    combiner: method.combiner,
    combinerKnobs: method.combinerKnobs,
    optimizer,
    optimizerKnobs: knobs,
    clipNorm: recipe.train.clipNorm,
  })
}

/** Scores of the starting model that the losses need, from a stored state or computed now. */
async function referenceScores(
  method: ReturnType<typeof resolveMethod>,
  session: Session,
  data: RunData,
  stored?: ReadonlyMap<string, { data: Float32Array }>,
) {
  const { engine, model, store, feeds, tokenizer } = session
  const losses = { forget: method.forgetLoss, retain: method.retainLoss }
  const sequence: Record<string, Float32Array> = {}
  for (const group of ['forget', 'retain'] as const) {
    const examples = data[group]
    if (!losses[group]?.needs.referenceSequenceLogProb || !examples) continue
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
  const needsAll = Object.values(losses).some((loss) => loss?.needs.referenceLogProbs)
  const frozen = needsAll ? await startingDistribution(session) : null
  const scores: ReferenceScores = {
    sequence,
    distribution: frozen && ((batch) => frozen.logProbs(batch)),
  }
  const entries = Object.entries(sequence)
  return {
    scores,
    stored: new Map(entries.map(([group, values]) => [`reference ${group}`, values])),
    dispose: () => frozen?.dispose(),
  }
}

/** The starting model beside the trained one: without its adapters, or, where weights themselves train, a copy. */
function startingDistribution({ engine, model, store, feeds }: Session) {
  const values = new Map(store.tensors)
  if (!store.trainable.lora)
    for (const [name, view] of store.trained.views) {
      const shape = model.parameters.get(name) as readonly number[]
      values.set(name, { data: view.slice(), shape })
    }
  return createReferenceDistribution({ engine, model, weights: graphWeights(model), values, feeds })
}

/** Records of the untrained model: those already stored, else measured now. */
async function measureBefore(
  folder: RunFolder,
  data: RunData,
  evaluator: Evaluator,
  recipe: Recipe,
  emit: (event: NewEvent) => void,
): Promise<Sample[]> {
  const stored = options(() => readSamples(folder.samples)).filter(
    ({ phase }) => phase === 'before',
  )
  const wanted = (['forget', 'retain'] as const).reduce(
    (total, set) => total + spread(data[set] ?? [], recipe.evaluate.limit).length,
    0,
  )
  if (stored.length === wanted) return stored
  return measure('before', folder, data, evaluator, recipe, 0, emit)

  function options(read: () => Sample[]): Sample[] {
    try {
      return read()
    } catch (error) {
      if (error instanceof UserError) return []
      throw error
    }
  }
}

async function measure(
  phase: 'before' | 'after',
  folder: RunFolder,
  data: RunData,
  evaluator: Evaluator,
  recipe: Recipe,
  step: number,
  emit: (event: NewEvent) => void,
): Promise<Sample[]> {
  const writer = openSamples(folder.samples)
  const samples: Sample[] = []
  const sets: [EvaluationSet, readonly Example[] | null][] = [
    ['forget', data.forget],
    ['retain', data.retain],
  ]
  for (const [set, all] of sets) {
    if (!all) continue
    const examples = spread(all, recipe.evaluate.limit)
    emit({ type: 'eval.started', step, phase, set, examples: examples.length })
    const records: EvaluationRecord[] = await evaluateSet(set, examples, evaluator)
    for (const record of records) {
      const sample = { ...record, phase }
      writer.append(sample)
      samples.push(sample)
    }
  }
  writer.close()
  return samples
}

interface FinishContext {
  readonly session: Session
  readonly data: RunData
  readonly evaluator: Evaluator
  readonly before: readonly Sample[]
  readonly startedEvent: ReturnType<typeof describeRun>
  readonly progress: Progress
}

/** Exports, reads the export back, measures it, and writes metrics and card. Returns what guards found. */
async function finish(options: UnlearnOptions, context: FinishContext): Promise<Trip[]> {
  const { folder, recipe, engine, log } = options
  const { session, data, evaluator, before, startedEvent, progress } = context
  const { model, store, tokenizer, checkpoint, feeds } = session
  const emit = (event: NewEvent) => void log.append(event)
  const { step } = progress
  const probe = await createLogitProbe({
    engine,
    model,
    store,
    feeds,
    examples: data.retain ?? data.forget,
    padToken: tokenizer.padToken,
  })
  const card = {
    name: folder.name,
    started: startedEvent,
    finishedAt: new Date().toISOString(),
    recipe: options.recipeText,
  }
  const trained = await probe.logits()
  const unmeasured = modelCard({ ...card, metrics: null, check: null, guards: [] })
  await exportModel({
    target: folder.model,
    checkpoint,
    model,
    store,
    tokenizer,
    modelCard: unmeasured,
  })
  await reload(folder.model, model, store)
  const check = probe.compare(trained, await probe.logits())
  probe.dispose()
  const bytes = [...checkpoint.tensors.values()].reduce(
    (total, { shape, dtype }) =>
      total + shape.reduce((a, b) => a * b, 1) * (dtype === 'F32' ? 4 : 2),
    0,
  )
  emit({ type: 'checkpoint.saved', step, kind: 'model', path: folder.model, bytes, check })

  const after = await measure('after', folder, data, evaluator, recipe, step, emit)
  const metrics = buildMetrics(before, after, recipe.train.seed)
  writeMetrics(folder.metrics, metrics)
  for (const phase of ['before', 'after'] as const)
    for (const [metric, value] of Object.entries(metrics[phase])) {
      const [low, high] = metrics.intervals[phase][metric] ?? [null, null]
      emit({
        type: 'eval.metric',
        step,
        phase,
        metric,
        value,
        low,
        high,
        examples: metrics.counts[metric],
      })
    }
  const trips: Trip[] = []
  const key = 'forget.probability'
  const unchanged = checkEffect(
    recipe.train.guards,
    metrics.before[key] ?? Number.NaN,
    metrics.after[key] ?? Number.NaN,
  )
  if (unchanged) {
    trips.push(unchanged)
    emit({
      type: 'guard.tripped',
      step,
      guard: unchanged.guard,
      reason: unchanged.reason,
      causes: [...unchanged.causes],
      action: 'continued',
      lastGoodState: null,
    })
  }
  const guards = trips.map(({ reason }) => reason)
  await writeFileAtomic(
    join(folder.model, 'README.md'),
    modelCard({ ...card, metrics, check, guards }),
  )
  return trips
}

async function reportTrip(
  { guard, reason, causes }: Trip,
  step: number,
  folder: RunFolder,
  emit: (event: NewEvent) => void,
): Promise<void> {
  emit({
    type: 'guard.tripped',
    step,
    guard,
    reason,
    causes: [...causes],
    action: 'stopped',
    lastGoodState: await latestState(folder.state),
  })
}

function describeRun(
  recipe: Recipe,
  { model, store, checkpoint }: Session,
  data: RunData,
  method: ReturnType<typeof resolveMethod>['method'],
) {
  const count = (shapes: Iterable<readonly number[]>) =>
    [...shapes].reduce((total, shape) => total + shape.reduce((a, b) => a * b, 1), 0)
  return {
    method: { id: method.id, title: method.title, source: method.source, summary: method.summary },
    model: {
      name: checkpoint.name,
      modelType: model.modelType,
      parameters: count(model.parameters.values()),
      trainableParameters: count(store.trainable.shapes.values()),
    },
    data: {
      forget: { path: recipe.forget.path, examples: data.forget.length },
      retain: data.retain && { path: recipe.retain?.path ?? '', examples: data.retain.length },
    },
    seed: recipe.train.seed,
    versions: versions(),
  }
}

/** The first example of each set with its trained tokens marked: what a wrong template or mask shows in. */
function previewEvent(data: RunData, { tokenizer }: Session): NewEvent {
  const sets: [EvaluationSet, readonly Example[]][] = [
    ['forget', data.forget.slice(0, 2)],
    ['retain', (data.retain ?? []).slice(0, 2)],
  ]
  const examples = sets.flatMap(([set, items]) =>
    items.map((example) => ({
      set,
      index: example.index,
      tokens: previewTokens(example, tokenizer),
    })),
  )
  return { type: 'batch.preview', step: 0, examples }
}
