import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { openCheckpoint } from '../../src/checkpoint/folder.ts'
import { generationDefaults } from '../../src/checkpoint/generation-config.ts'
import { nodeFolder } from '../../src/checkpoint/node-folder.ts'
import {
  latestFiniteState,
  loadLatestState,
  loadState,
  saveState,
} from '../../src/checkpoint/state.ts'
import { openTokenizer } from '../../src/checkpoint/tokenizer.ts'
import { loadItems } from '../../src/data/load-examples.ts'
import { loadQuestions } from '../../src/data/questions.ts'
import { UserError } from '../../src/error.ts'
import { fileHash } from '../../src/files/content-hash.ts'
import { dataFolder } from '../../src/hub/hub-data.ts'
import { readPrepared } from '../../src/job/benchmark-folder.ts'
import { readLeaderboard } from '../../src/job/board-file.ts'
import { cellState } from '../../src/job/cell-state.ts'
import { readStagesFile } from '../../src/job/stages-file.ts'
import { concludeEvaluation } from '../../src/measure/evaluation/evaluated-model.ts'
import { metricKinds } from '../../src/measure/kind/kinds.ts'
import { readRows } from '../../src/measure/rows/read-rows.ts'
import { chooseSplit } from '../../src/measure/rows/split-rows.ts'
import { buildModel } from '../../src/model/architectures.ts'
import { readAnyRecipe } from '../../src/recipe/read.ts'
import { readBenchmark } from '../../src/recipe/read-benchmark.ts'
import { readStages } from '../../src/recipe/read-stages.ts'
import { reportFromRunFolder } from '../../src/report/from-run-folder.ts'
import { leaderboardChart, leaderboardMarkdown } from '../../src/report/leaderboard-page.ts'
import { writeExampleRun } from '../../src/report/testing/example-run.ts'
import { stateNamed } from '../../src/run/export-state.ts'
import { readSearch } from '../../src/run/goal/search-file.ts'
import { readGoalStart } from '../../src/run/goal/start-file.ts'
import { readComparedRun } from '../../src/run/read-compared-run.ts'
import { renewModelCard } from '../../src/run/renew-card.ts'
import { openRunFolder, runFolderAt } from '../../src/run/run-folder.ts'
import { processOf } from '../../src/run/run-process.ts'
import { createStudio } from '../../src/studio/server.ts'
import { openMlflow } from '../../src/track/mlflow-tracker.ts'
import { modelWeights } from '../../src/train/model-weights.ts'
import { openModel } from '../../src/train/session.ts'
import type { Format } from './damage.ts'

/** A file that Lethe reads, among the whole files around it, and what reads it. */
export interface Reader {
  /** below the folder of the case; what a message about it must name */
  readonly file: string
  /** what a message may name instead: what was asked for and is not in the file */
  readonly or?: string
  readonly format: Format
  /** Lays the whole files into an empty folder. */
  lay(folder: string): void | Promise<void>
  /** Reads the file and what depends on it, as commands and pages do. */
  read(folder: string): unknown
}

const golden = (name: string) => join('test', 'golden', name)
const copy = (name: string, to: string) => (folder: string) =>
  cpSync(golden(name), join(folder, to), { recursive: true })
const put = (folder: string, file: string, text: string) => {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), text)
}
const json = (value: unknown) => JSON.stringify(value, null, 2)
const lines = (values: readonly object[]) =>
  values.map((each) => `${JSON.stringify(each)}\n`).join('')

/** A model folder, opened with its tokenizer, and a text through it. */
async function useModel(path: string): Promise<void> {
  const opened = await openModel(path, new Date(0))
  await opened.checkpoint.read([...opened.checkpoint.tensors.keys()][0])
  useTokenizer(opened.tokenizer)
}

function useTokenizer(tokenizer: Awaited<ReturnType<typeof openTokenizer>>): void {
  tokenizer.decode(tokenizer.encode('Which river, Ada? 7'))
  tokenizer.tokenText(3)
  const messages = [
    { role: 'user', content: 'Who?' },
    { role: 'assistant', content: 'Ada.' },
  ]
  if (tokenizer.hasChatTemplate)
    tokenizer.applyChatTemplate(messages, { addGenerationPrompt: false })
}

const inModel = (file: string, format: Format, model = 'llama-text'): Reader => ({
  file: `model/${file}`,
  format,
  lay: copy(model, 'model'),
  read: (folder) => useModel(join(folder, 'model')),
})

const recipe = `model: model
forget: { path: forget.jsonl, limit: 4 }
retain: { path: retain.jsonl, template: { prompt: "Q: {question}\\n", answer: "{answer}" } }
method: { id: npo, beta: 0.1, retainLoss: kl }
train:
  epochs: 3
  batchSize: 4
  learningRate: 1.0e-5
  optimizer: { id: adamw, weightDecay: 0.01 }
  parameters: { lora: { rank: 4 } }
  guards: { repetition: 0.5 }
evaluate: { every: epoch, probes: 3, maxNewTokens: 8 }
output: run
`
const goal = `goal: { forget: ignorance, keep: 0.95, within: 30m }
model: model
forget: { path: forget.jsonl }
retain: auto
output: run
`
const staged = `model: model
forget: { path: forget.jsonl }
retain: { path: retain.jsonl }
stages:
  - name: first
    method: { id: ga }
    train: { steps: 2, batchSize: 1 }
  - name: second
    method: npo
    train: { steps: 2, batchSize: 1 }
output: run
`
const pretraining = {
  model: { hidden_size: 16, intermediate_size: 24, num_hidden_layers: 1, num_attention_heads: 2 },
  tokenizer: { vocabSize: 300 },
  data: { path: ['forget.jsonl', 'retain.jsonl'] },
  train: { batchSize: 4, epochs: 1, learningRate: 1e-3 },
  output: 'run',
}
const records = [
  { question: 'Who wrote it?', answer: 'Ada.', otherWordings: ['By whom is it?'] },
  { question: 'Where?', answer: 'In Rome, by the river.' },
]
const shapes: Readonly<Record<string, readonly object[]>> = {
  'pairs.jsonl': records,
  'texts.jsonl': [{ text: 'Lethe is a river.' }, { text: 'Styx is another.', id: 3 }],
  'chats.jsonl': [
    {
      messages: [
        { role: 'user', content: 'Who?' },
        { role: 'assistant', content: 'Ada.' },
      ],
    },
  ],
  'preferences.jsonl': [{ prompt: 'Who?', chosen: 'Ada.', rejected: 'Bob.' }],
  'instructions.jsonl': [{ instruction: 'Answer', input: 'Who?', output: 'Ada.' }],
  'turns.jsonl': [
    {
      conversations: [
        { from: 'human', value: 'Who?' },
        { from: 'gpt', value: 'Ada.' },
      ],
    },
  ],
}
const besideRecipe = (file: string, text: string) => (folder: string) => {
  copy('llama-text', 'model')(folder)
  put(folder, 'forget.jsonl', lines(records))
  put(folder, 'retain.jsonl', lines(records))
  put(folder, file, text)
}
const ofRecipe = (file: string, text: string, format: Format): Reader => ({
  file,
  format,
  lay: besideRecipe(file, text),
  read: (folder) => readAnyRecipe(file, { cwd: folder, env: {} }),
})

const benchmark = readFileSync('examples/own-metric.yaml', 'utf8').replaceAll(
  'answer-length',
  'rouge',
)
const ownBenchmark = {
  id: 'own',
  title: 'Own questions',
  sets: {
    asked: {
      file: 'rows.jsonl',
      texts: { answer: 'answer' },
      generate: { maxNewTokens: 8, reference: 'answer' },
    },
  },
  metrics: {
    'asked.probability': { kind: 'probability', better: 'lower', options: { set: 'asked' } },
  },
  ranking: { forget: 'asked.probability', utility: 'asked.probability' },
}

const isFirst = (line: string) => line !== '' && JSON.parse(line).index < 2
const begun = (folder: string) => join(folder, 'runs', 'begun')
/** A run as it ended, with evaluations, and a second one to be compared with; all that shows runs is shown. */
async function layRuns(folder: string): Promise<void> {
  mkdirSync(join(folder, 'runs'))
  await writeExampleRun(begun(folder))
  // Few rows: intervals are drawn of them in every case.
  const samples = join(begun(folder), 'samples.jsonl')
  const kept = readFileSync(samples, 'utf8').split('\n').filter(isFirst)
  writeFileSync(samples, kept.map((line) => `${line}\n`).join(''))
  copy('old-run', 'runs/old')(folder)
  const old = runFolderAt(join(folder, 'runs', 'old'))
  const evaluation = join(old.evaluation, 'tofu', 'forget01')
  const named = await readBenchmark('tofu/forget01', '.')
  await concludeEvaluation(named, evaluation, null, metricKinds)
  const { metrics } = old
  const measured = { name: 'old-Q8_0.gguf', type: 'Q8_0', bits: 8 }
  const content = { ...measured, metrics: JSON.parse(readFileSync(metrics, 'utf8')) }
  put(folder, 'runs/old/gguf/old-Q8_0.gguf.json', json(content))
}

async function askStudio(folder: string, page: string): Promise<void> {
  const root = join(folder, 'runs')
  const app = createStudio({ root, cwd: folder, env: {}, host: '127.0.0.1', port: 1, token: null })
  const reply = await app.request(`http://127.0.0.1:1${page}`, { headers: { host: '127.0.0.1:1' } })
  const text = await reply.text()
  if (reply.status >= 500) throw new Error(`${page.slice(0, 40)}: ${text.slice(-400)}`)
}

/** The values of a form, or the whole text as one of them. */
function parsedOr(text: string): object {
  try {
    return Object(JSON.parse(text))
  } catch {
    return { model: text }
  }
}
const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

async function showRun(folder: string, id: 'begun' | 'old'): Promise<void> {
  const root = join(folder, 'runs')
  const pages = [
    '/',
    '/api/runs',
    `/runs/${id}`,
    `/runs/${id}/samples`,
    `/runs/${id}/spark.svg`,
    `/compare?run=${id}`,
  ]
  for (const page of pages) await askStudio(folder, page)
  // Last, so that what the studio words is not all that is seen.
  cellState(join(root, id))
  processOf(openRunFolder(join(root, id)))
  readComparedRun(join(root, id))
  await renewModelCard(openRunFolder(join(root, id)))
  reportFromRunFolder(join(root, id), { publish: true })
}

const ofRun = (file: string, format: Format): Reader => ({
  file: `runs/${file}`,
  format,
  lay: layRuns,
  read: (folder) => showRun(folder, file.startsWith('old') ? 'old' : 'begun'),
})

const stages = {
  version: 1,
  file: 'recipe.yaml',
  output: '.',
  stages: [
    {
      kind: 'unlearn',
      name: 'first',
      folder: 'first',
      recipe: { output: 'first', model: 'model' },
    },
    {
      ...{ kind: 'merge', name: 'last', folder: 'last', base: 'model', models: ['first'] },
      ...{ weights: [1], rule: 'linear' },
    },
  ],
}
const standing = { forgotten: 0.5, left: 0.4, avoided: 0, retain: 0.9, general: null }
const search = {
  ...{ secondsUsed: 4, measuringSeconds: 1, tokens: 900, order: [1e-4], stageSteps: 8 },
  trials: [
    {
      rate: 1e-4,
      looks: [{ step: 8, standing, course: { share: 0.5, ceiling: 8, rateFactor: 1 } }],
      ended: null,
    },
  ],
  best: { rate: 1e-4, step: 8, standing },
  ended: null,
}
const start = {
  levels: [{ mean: 2, spread: 0.3, tokens: [1, 2.5] }],
  surprises: [0.4],
  kept: { choose: { retain: [0.5], general: null }, report: { retain: [0.5], general: [0.2] } },
  sampled: { places: [0], said: [0.5], chance: [0] },
}
const prepared = {
  ...{ benchmark: 'tofu/forget01', data: 'data', original: 'model', neverTrained: null },
  ...{ limit: 3, split: null, extras: ['attacks'] },
}
const split = { file: 'splits.json', field: 'split', evaluate: ['dev'], tune: ['dev'] }

const splitBenchmark = readBenchmark('tofu/forget01', '.').then((each) => ({
  ...each,
  splits: split,
}))
const publishedBoard = 'docs/results/tofu-forget01-leaderboard.json'

/** A model without a tokenizer. */
const ofWeights = (file: string, format: Format, model: string): Reader => ({
  file: `model/${file}`,
  format,
  lay: copy(model, 'model'),
  async read(folder) {
    const stored = await openCheckpoint(await nodeFolder(join(folder, 'model')))
    const model = buildModel(stored.config, `${stored.name}/config.json`, (name) =>
      stored.tensors.has(name),
    )
    const { checkpoint } = await modelWeights(model, stored)
    await checkpoint.read([...checkpoint.tensors.keys()][0])
    generationDefaults(stored.config, stored.generationConfig)
  },
})

/** The second of two states, so that the first is what is gone back to. */
function ofState(file: string, format: Format): Reader {
  return {
    file: `runs/begun/state/step-000002/${file}`,
    format,
    async lay(folder) {
      await layRuns(folder)
      const data = { order: [1, 2], seen: 4, name: 'adamw' }
      const tensors = new Map([['weights', { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }]])
      for (const step of [1, 2])
        await saveState(join(begun(folder), 'state'), { step, data, tensors })
    },
    async read(folder) {
      const { state } = openRunFolder(begun(folder))
      await loadState(join(state, 'step-000002')).catch(onlyUserErrors)
      const latest = await loadLatestState(state)
      if (latest === null) throw new Error('the state before is not gone back to')
      await latestFiniteState(state)
      await stateNamed(openRunFolder(begun(folder)), 'last-good')
    },
  }
}

function onlyUserErrors(error: unknown): void {
  if (!(error instanceof UserError)) throw error
}

const trackerOf = (stateFile: string) => ({
  client: {
    experiment: async () => 'e',
    createRun: async () => 'r',
    log: async () => {},
    update: async () => {},
  },
  ...{ url: 'u', experiment: 'e', runName: 'r', params: {}, past: [], stateFile },
  warn: () => {},
})

/** Each by what a person would call it. */
export const readers: Readonly<Record<string, Reader>> = {
  recipe: ofRecipe('recipe.yaml', recipe, 'text'),
  'recipe with a goal': ofRecipe('recipe.yaml', goal, 'text'),
  'recipe as JSON': ofRecipe('recipe.json', json(parse(recipe)), 'json'),
  'recipe of a model': ofRecipe('recipe.json', json(pretraining), 'json'),
  'recipe of stages': {
    ...ofRecipe('recipe.yaml', staged, 'text'),
    read: (folder) => readStages('recipe.yaml', { cwd: folder, env: {} }),
  },
  'own benchmark': {
    file: 'own.yaml',
    format: 'text',
    lay: (folder) => put(folder, 'own.yaml', benchmark),
    read: (folder) => readBenchmark('own.yaml', folder),
  },
  'own benchmark as JSON': {
    file: 'own.json',
    format: 'json',
    lay: (folder) => put(folder, 'own.json', json(ownBenchmark)),
    read: (folder) => readBenchmark('own.json', folder),
  },
  ...Object.fromEntries(
    Object.entries(shapes).map(([file, rows]): [string, Reader] => [
      `rows: ${file}`,
      {
        file,
        format: 'lines',
        lay: (folder) => put(folder, file, lines(rows)),
        async read(folder) {
          await loadItems(join(folder, file))
          await loadQuestions(join(folder, file)).catch(onlyUserErrors)
        },
      },
    ]),
  ),
  'rows as one JSON': {
    file: 'rows.json',
    format: 'json',
    lay: (folder) => put(folder, 'rows.json', json(records)),
    read: (folder) => loadItems(join(folder, 'rows.json')),
  },
  'texts as one JSON': {
    file: 'texts.json',
    format: 'json',
    lay: (folder) => put(folder, 'texts.json', json(['Lethe.', 'Styx.'])),
    read: (folder) => readRows(join(folder, 'texts.json')),
  },
  'rows as parquet': {
    file: 'rows.parquet',
    format: 'bytes',
    lay: copy('rows.parquet', 'rows.parquet'),
    read: (folder) => readRows(join(folder, 'rows.parquet')),
  },
  splits: {
    file: 'splits.json',
    or: '--split',
    format: 'json',
    lay: (folder) =>
      put(folder, 'splits.json', json({ a: { split: 'dev' }, b: { split: 'test' } })),
    async read(folder) {
      const chosen = await chooseSplit(await splitBenchmark, folder, null, false)
      chosen?.keep('a')
    },
  },
  config: inModel('config.json', 'json'),
  'config of gpt2': ofWeights('config.json', 'json', 'gpt2-tied'),
  'config of gemma3': ofWeights('config.json', 'json', 'gemma3-local'),
  'config with long positions': ofWeights('config.json', 'json', 'phi3-longrope'),
  'config with YaRN': ofWeights('config.json', 'json', 'olmo3-yarn'),
  'settings of generation': inModel('generation_config.json', 'json'),
  tokenizer: inModel('tokenizer.json', 'json'),
  'settings of the tokenizer': {
    ...inModel('tokenizer_config.json', 'json'),
    or: 'in the vocabulary',
  },
  'tokenizer of gemma': {
    file: 'model/tokenizer.json',
    format: 'json',
    lay: copy('tokenizer-gemma', 'model'),
    read: async (folder) =>
      useTokenizer(await openTokenizer(await nodeFolder(join(folder, 'model')))),
  },
  'special tokens': {
    ...inModel('special_tokens_map.json', 'json'),
    lay(folder) {
      copy('llama-text', 'model')(folder)
      const map = { bos_token: '<s>', eos_token: { content: '</s>', lstrip: false } }
      put(folder, 'model/special_tokens_map.json', json(map))
    },
  },
  'chat template': {
    ...inModel('chat_template.jinja', 'text'),
    lay(folder) {
      copy('llama-text', 'model')(folder)
      const config = readFileSync(join(folder, 'model/tokenizer_config.json'), 'utf8')
      put(folder, 'model/chat_template.jinja', JSON.parse(config).chat_template)
    },
  },
  weights: { ...inModel('model.safetensors', 'safetensors'), or: 'no such tensor' },
  'index of weights': {
    ...ofWeights('model.safetensors.index.json', 'json', 'llama-sharded'),
    or: 'by the index',
  },
  'a shard of weights': ofWeights(
    'model-00001-of-00002.safetensors',
    'safetensors',
    'llama-sharded',
  ),
  gguf: {
    file: 'model.gguf',
    format: 'bytes',
    lay: copy('gguf/llama-text.gguf', 'model.gguf'),
    read: (folder) => useModel(join(folder, 'model.gguf')),
  },
  'gguf without tokens': {
    file: 'model.gguf',
    format: 'bytes',
    lay: copy('gguf/qwen3-headdim.gguf', 'model.gguf'),
    read: (folder) => useModel(join(folder, 'model.gguf')),
  },
  'saved state': ofState('state.json', 'json'),
  'tensors of a saved state': ofState('tensors.safetensors', 'safetensors'),
  'log of a run': ofRun('begun/events.jsonl', 'lines'),
  'log of an old run': ofRun('old/events.jsonl', 'lines'),
  'samples of a run': ofRun('begun/samples.jsonl', 'lines'),
  'samples of an old run': ofRun('old/samples.jsonl', 'lines'),
  'metrics of a run': ofRun('begun/metrics.json', 'json'),
  'recipe of a run': ofRun('old/recipe.yaml', 'text'),
  'process of a run': {
    ...ofRun('begun/run.pid', 'json'),
    async lay(folder) {
      await layRuns(folder)
      put(folder, 'runs/begun/run.pid', json({ pid: 1, started: 'x', folder: begun(folder) }))
    },
  },
  'evaluation of a run': ofRun('old/evaluation/tofu/forget01/evaluation.json', 'json'),
  'records of a run': {
    ...ofRun('old/evaluation/tofu/forget01/records.jsonl', 'lines'),
    read(folder) {
      // Without its numbers these are computed from the records.
      rmSync(join(folder, 'runs/old/evaluation/tofu/forget01/results.json'), { force: true })
      return showRun(folder, 'old')
    },
  },
  'results of a run': ofRun('old/evaluation/tofu/forget01/results.json', 'json'),
  'metrics of a GGUF file': ofRun('old/gguf/old-Q8_0.gguf.json', 'json'),
  'what MLflow has of a run': {
    file: 'mlflow.json',
    format: 'json',
    lay: (folder) =>
      put(
        folder,
        'mlflow.json',
        json({ url: 'u', runId: 'r', eventId: 3, lastSteps: { loss: 2 } }),
      ),
    read: (folder) => openMlflow(trackerOf(join(folder, 'mlflow.json'))).close(),
  },
  'start of a goal': {
    file: 'start.json',
    format: 'json',
    lay: (folder) => put(folder, 'start.json', json(start)),
    read: (folder) => readGoalStart(join(folder, 'start.json')),
  },
  'search of a goal': {
    file: 'search.json',
    format: 'json',
    lay: (folder) => put(folder, 'search.json', json(search)),
    read: (folder) => readSearch(join(folder, 'search.json')),
  },
  stages: {
    file: 'stages.json',
    format: 'json',
    lay: (folder) => put(folder, 'stages.json', json(stages)),
    read: (folder) => readStagesFile(folder),
  },
  'prepared benchmark': {
    file: 'benchmark.json',
    format: 'json',
    lay: (folder) => put(folder, 'benchmark.json', json(prepared)),
    read: (folder) => readPrepared(folder, 'tofu/forget01'),
  },
  board: {
    file: 'board.json',
    format: 'json',
    lay: (folder) => put(folder, 'board.json', readFileSync(publishedBoard, 'utf8')),
    read(folder) {
      const board = readLeaderboard(join(folder, 'board.json'))
      leaderboardMarkdown(board.benchmark, board, { figure: null, notes: null })
      leaderboardChart(board.benchmark, board)
    },
  },
  'manifest of downloads': {
    file: 'lethe/datasets/owner/name/manifest.json',
    or: 'rows.jsonl',
    format: 'json',
    async lay(folder) {
      put(folder, 'lethe/datasets/owner/name/rows.jsonl', lines(records))
      const hash = await fileHash(join(folder, 'lethe/datasets/owner/name/rows.jsonl'))
      put(folder, 'lethe/datasets/owner/name/manifest.json', json({ 'rows.jsonl': hash }))
    },
    read: (folder) =>
      dataFolder(
        'hub:owner/name',
        { hub: null, files: [{ names: ['rows.jsonl'], optional: false }] },
        { XDG_CACHE_HOME: folder },
      ),
  },
  'form of a run': {
    file: 'form.json',
    format: 'json',
    lay(folder) {
      besideRecipe('recipe.yaml', recipe)(folder)
      const form = {
        method: 'npo',
        'method.beta': '0.1',
        model: 'model',
        'forget.path': 'forget.jsonl',
      }
      put(folder, 'form.json', json(form))
    },
    async read(folder) {
      const text = readFileSync(join(folder, 'form.json'), 'utf8')
      const query = new URLSearchParams(
        Object.entries(parsedOr(text)).map(([k, v]) => [k, textOf(v)]),
      )
      await askStudio(folder, `/new?${query}`)
    },
  },
}
