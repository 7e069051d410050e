import { byteLength } from '../checkpoint/safetensors-write.ts'
import { loadLatestState } from '../checkpoint/state.ts'
import type { Tokenizer } from '../checkpoint/tokenizer.ts'
import { writeModelFolder } from '../checkpoint/write-folder.ts'
import type { Example } from '../data/example.ts'
import { loadExamples } from '../data/load-examples.ts'
import { totalSize } from '../graph/shape.ts'
import { weighted } from '../parts/combine/weighted.ts'
import { crossEntropy } from '../parts/loss/cross-entropy.ts'
import { registryOf } from '../recipe/plugins.ts'
import type { PretrainRecipe } from '../recipe/pretrain-schema.ts'
import { BatchInputs } from '../train/batch-inputs.ts'
import { createLearner } from '../train/learner.ts'
import { trainingSteps } from '../train/step-source.ts'
import { chooseTrainable } from '../train/trainable-set.ts'
import { type Progress, restoreState, startingProgress } from '../train/trainer.ts'
import { loadWeights } from '../train/weight-store.ts'
import { beginningOf } from './pretrain-start.ts'
import type { RunOptions } from './run-options.ts'
import { logFinished, logPaused, logResumed, type RunOutcome, runTraining } from './run-training.ts'
import { versions } from './versions.ts'

/** There is nothing to measure against before training has made a model. */
const noUtilityGuards = { repetition: null, utilityFloor: null, noEffect: null }

/** Trains a model, new or as it is, on all texts alike, or goes on with that, and writes it as a Hugging Face folder. */
export async function pretrain(recipe: PretrainRecipe, options: RunOptions): Promise<RunOutcome> {
  const { folder, log, engine } = options
  const started = options.clock()
  const { title, tokenizer, model, initial, folder: written } = await beginningOf(recipe)
  const { seed } = recipe
  const store = await loadWeights(
    options.engine.memory,
    model,
    chooseTrainable(model, 'all'),
    initial,
    seed,
  )
  const examples = await loadAll(recipe, tokenizer, model.maxPositions)
  const { id, ...optimizerKnobs } = recipe.train.optimizer
  const { optimizers } = await registryOf(recipe, options.registry)
  const optimizer = optimizers.get(String(id))
  if (!optimizer) throw new Error(`internal: no optimiser ${id}`)
  const parameters = totalSize(model.parameters.values())
  const learner = await createLearner({
    engine,
    model,
    store,
    inputs: new BatchInputs(model),
    losses: { retain: { loss: crossEntropy, knobs: {} } },
    combiner: weighted,
    combinerKnobs: weighted.schema.parse({}),
    optimizer,
    optimizerKnobs,
    clipNorm: recipe.train.clipNorm,
  })
  const latest = await loadLatestState(folder.state)
  const progress: Progress = latest
    ? await restoreState(learner, latest.state)
    : startingProgress({ retainProbability: null, repetition: null })
  if (latest) logResumed(log, latest)
  else
    log.append({
      type: 'run.started',
      step: 0,
      method: {
        id: 'pretrain',
        title,
        source: 'cross-entropy over all trained tokens',
        summary: 'next-token prediction on the given data',
      },
      model: {
        name: folder.name,
        modelType: model.modelType,
        parameters,
        trainableParameters: parameters,
      },
      data: {
        forget: null,
        retain: { path: [recipe.data.path].flat().join(', '), examples: examples.length },
      },
      seed,
      versions: versions(),
    })
  const source = trainingSteps({
    examples,
    batchSize: recipe.train.batchSize,
    accumulate: recipe.train.accumulate,
    seed,
    padToken: tokenizer.padToken,
  })
  const totalSteps = recipe.train.steps ?? (recipe.train.epochs ?? 1) * source.stepsPerEpoch
  const unmeasured = { retainProbability: null, repetition: null }
  const outcome = await runTraining(
    {
      ...options,
      learner,
      source,
      totalSteps,
      settings: recipe.train,
      stopConditions: { ...noUtilityGuards, nonFinite: true, retainLossRise: 2 },
      evaluateEvery: null,
      evaluate: async () => unmeasured,
      stored: new Map(),
      start: null,
    },
    progress,
  )
  learner.dispose()
  if (outcome !== 'finished') return outcome
  if (options.stopRequested()) return logPaused(options, progress.step)
  const made = written(store, card(folder.name, options.recipeText))
  await writeModelFolder(folder.model, made, { replace: true })
  const bytes = made.tensors.reduce((total, tensor) => total + byteLength(tensor), 0)
  log.append({
    type: 'checkpoint.saved',
    step: progress.step,
    kind: 'model',
    path: folder.model,
    bytes,
    check: null,
  })
  logFinished(log, progress, (options.clock() - started) / 1000)
  return 'finished'
}

async function loadAll(
  { data }: PretrainRecipe,
  tokenizer: Tokenizer,
  maxPositions: number,
): Promise<Example[]> {
  const all: Example[] = []
  for (const path of [data.path].flat()) {
    const { examples } = await loadExamples(path, tokenizer, {
      maxLength: data.maxLength ?? maxPositions,
      ...(data.template && { template: data.template }),
    })
    all.push(...(data.limit === null ? examples : examples.slice(0, data.limit)))
  }
  return data.trainPrompts ? all.map(trainedThroughout) : all
}

/** With every token a label but the first, which nothing predicts. */
function trainedThroughout(example: Example): Example {
  return { ...example, trained: Uint8Array.from(example.tokens, (_, t) => (t > 0 ? 1 : 0)) }
}

function card(name: string, recipe: string): string {
  return `---\nlibrary_name: transformers\npipeline_tag: text-generation\ntags:\n- lethe\n---\n\n# ${name}\n\nTrained by \`lethe pretrain\` with this recipe:\n\n\`\`\`yaml\n${recipe.trimEnd()}\n\`\`\`\n`
}
