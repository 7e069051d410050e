import {
  latestState,
  loadState,
  memoryFolder,
  nodeFolder,
  openTokenizer,
  type Tokenizer,
  writeModelFolder,
} from '../checkpoint/index.ts'
import { trainTokenizer } from '../checkpoint/train-tokenizer.ts'
import { weighted } from '../combine/index.ts'
import { type Example, loadExamples, loadItems } from '../data/index.ts'
import type { Engine } from '../engine/engine.ts'
import { totalSize } from '../graph/shape.ts'
import { crossEntropy } from '../loss/index.ts'
import { buildModel } from '../model/index.ts'
import { optimizers } from '../optim/index.ts'
import type { PretrainRecipe } from '../recipe/pretrain-schema.ts'
import { SequenceFeeds } from '../train/feeds.ts'
import { createLearner } from '../train/learner.ts'
import { trainingSteps } from '../train/steps.ts'
import { chooseTrainable, loadWeights } from '../train/trainable.ts'
import { type Progress, restoreState, startingProgress } from '../train/trainer.ts'
import type { EventLog } from './event-log.ts'
import type { RunFolder } from './run-folder.ts'
import { logFinished, type RunOutcome, runTraining } from './training.ts'
import { versions } from './versions.ts'

export interface PretrainOptions {
  readonly recipe: PretrainRecipe
  readonly recipeText: string
  readonly folder: RunFolder
  readonly log: EventLog
  readonly engine: Engine
  readonly resume: boolean
  readonly stopRequested: () => boolean
  readonly clock: () => number
}

/** There is nothing to measure against before training has made a model. */
const noUtilityGuards = { repetition: null, utilityFloor: null, noEffect: null }

const special = { bos: '<|bos|>', eos: '<|eos|>', pad: '<|pad|>' }

/** Trains a model from nothing and writes it as a Hugging Face folder. */
export async function pretrain(options: PretrainOptions): Promise<RunOutcome> {
  const { recipe, folder, log, engine } = options
  const started = options.clock()
  const tokenizer = await makeTokenizer(recipe)
  const config = modelConfig(recipe, tokenizer)
  const model = buildModel(config, 'config.json')
  const trainable = chooseTrainable(model, 'all')
  const { seed } = recipe
  const store = await loadWeights(
    model,
    trainable,
    async (name) => model.initialValue(name, seed),
    seed,
  )
  const examples = await loadAll(recipe, tokenizer, model.maxPositions)
  const { id, ...optimizerKnobs } = recipe.train.optimizer
  const optimizer = optimizers.get(String(id))
  if (!optimizer) throw new Error(`internal: no optimiser ${id}`)
  const parameters = totalSize(model.parameters.values())
  const learner = await createLearner({
    engine,
    model,
    store,
    feeds: new SequenceFeeds(model),
    losses: { retain: { loss: crossEntropy, knobs: {} } },
    combiner: weighted,
    combinerKnobs: weighted.schema.parse({}),
    optimizer,
    optimizerKnobs,
    clipNorm: recipe.train.clipNorm,
  })
  const statePath = options.resume ? await latestState(folder.state) : null
  const progress: Progress = statePath
    ? restoreState(learner, await loadState(statePath))
    : startingProgress({ retainProbability: null, repetition: null })
  if (statePath) log.append({ type: 'run.resumed', step: progress.step, statePath })
  else
    log.append({
      type: 'run.started',
      step: 0,
      method: {
        id: 'pretrain',
        title: 'Training from scratch',
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
      guards: { ...noUtilityGuards, nonFinite: true, retainLossRise: 2 },
      lookEvery: null,
      look: async () => unmeasured,
      stored: new Map(),
      start: null,
    },
    progress,
  )
  learner.dispose()
  if (outcome !== 'finished') return outcome
  const dtype = recipe.dtype === 'bf16' ? 'BF16' : 'F32'
  await writeModelFolder(
    folder.model,
    {
      config: `${JSON.stringify(config, null, 2)}\n`,
      generationConfig: `${JSON.stringify({ bos_token_id: tokenizer.bosToken, eos_token_id: tokenizer.eosToken, pad_token_id: tokenizer.padToken }, null, 2)}\n`,
      tokenizerFiles: tokenizer.files,
      modelCard: card(folder.name, options.recipeText),
      tensors: [...model.parameters].map(([name, shape]) => ({ name, shape, dtype })),
      read: (name) => store.exported(name),
    },
    { replace: true },
  )
  const bytes = parameters * (dtype === 'BF16' ? 2 : 4)
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

async function makeTokenizer(recipe: PretrainRecipe): Promise<Tokenizer> {
  if ('path' in recipe.tokenizer) return openTokenizer(await nodeFolder(recipe.tokenizer.path))
  const texts: string[] = []
  for (const path of [recipe.data.path].flat())
    for (const { prompt, answer } of (await loadItems(path)).items) texts.push(prompt, ` ${answer}`)
  const { tokenizer, tokenizerConfig } = trainTokenizer({
    texts,
    vocabSize: recipe.tokenizer.vocabSize,
    specialTokens: special,
  })
  const encode = (value: object) => new TextEncoder().encode(`${JSON.stringify(value, null, 1)}\n`)
  return openTokenizer(
    memoryFolder(
      'tokenizer',
      new Map([
        ['tokenizer.json', encode(tokenizer)],
        ['tokenizer_config.json', encode(tokenizerConfig)],
      ]),
    ),
  )
}

function modelConfig(recipe: PretrainRecipe, tokenizer: Tokenizer): Record<string, unknown> {
  const { num_key_value_heads, ...model } = recipe.model
  return {
    architectures: ['LlamaForCausalLM'],
    ...model,
    num_key_value_heads: num_key_value_heads ?? model.num_attention_heads,
    hidden_act: 'silu',
    vocab_size: tokenizer.vocabSize,
    bos_token_id: tokenizer.bosToken,
    eos_token_id: tokenizer.eosToken,
    pad_token_id: tokenizer.padToken,
    torch_dtype: recipe.dtype === 'bf16' ? 'bfloat16' : 'float32',
  }
}

async function loadAll(
  recipe: PretrainRecipe,
  tokenizer: Tokenizer,
  maxPositions: number,
): Promise<Example[]> {
  const all: Example[] = []
  for (const path of [recipe.data.path].flat()) {
    const { examples } = await loadExamples(path, tokenizer, {
      maxLength: recipe.data.maxLength ?? maxPositions,
      ...(recipe.data.template && { template: recipe.data.template }),
    })
    all.push(...(recipe.data.limit === null ? examples : examples.slice(0, recipe.data.limit)))
  }
  return all
}

function card(name: string, recipe: string): string {
  return `---\nlibrary_name: transformers\npipeline_tag: text-generation\ntags:\n- lethe\n---\n\n# ${name}\n\nTrained from scratch by \`lethe pretrain\` with this recipe:\n\n\`\`\`yaml\n${recipe.trimEnd()}\n\`\`\`\n`
}
