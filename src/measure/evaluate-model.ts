import { join, resolve } from 'node:path'
import { loadExamples } from '../data/load.ts'
import { spread } from '../data/spread.ts'
import { createEngine } from '../engine/node.ts'
import { UserError } from '../error.ts'
import { textHash } from '../files/content-hash.ts'
import type { EvaluationRecord, EvaluationSet } from '../metric/index.ts'
import { type MetricSummary, summarise } from '../metric/index.ts'
import type { OpenedModel } from '../train/session.ts'
import { type Benchmark, benchmarkSchema } from './benchmark.ts'
import { probeOf } from './evaluate.ts'
import { evaluateBenchmark, type LoadedSets } from './evaluation/evaluate-benchmark.ts'
import { readEvaluation } from './evaluation/evaluation-file.ts'
import { evaluationFolder } from './evaluation/evaluation-task.ts'
import type { SampleRecord } from './record.ts'
import type { BenchmarkRow, LoadedSet } from './rows/load-set.ts'

export interface EvaluateModelOptions {
  readonly model: string
  readonly forget: string | null
  readonly retain: string | null
  readonly limit: number | null
  readonly maxNewTokens: number
  /** folder of the records; one of its own for these files and settings unless given */
  readonly output?: string | undefined
  /** Deletes what is in that folder. */
  readonly replace?: boolean
  readonly stopRequested?: () => boolean
  readonly tell?: (progress: { set: string; done: number; of: number }) => void
}

/**
 * Measures any model folder on a forget and a retain set: one record per example, written as they come; goes on where it was
 * stopped.
 *
 * @returns null where it was stopped
 * @throws UserError for bad data, or where the folder holds records of something else
 */
export async function evaluateModel(
  options: EvaluateModelOptions,
): Promise<{ readonly summaries: MetricSummary[]; readonly output: string } | null> {
  const { model, limit, forget, retain, maxNewTokens, stopRequested = () => false } = options
  const files = filesOf(options)
  const settings = textHash(JSON.stringify({ forget, retain, limit, maxNewTokens })).slice(0, 8)
  const output = options.output ?? evaluationFolder(model, join('files', settings))
  const engine = await createEngine()
  try {
    const complete = await evaluateBenchmark({
      engine,
      benchmark: filesBenchmark(files, maxNewTokens),
      model,
      original: null,
      data: '',
      output,
      limit,
      split: null,
      replace: options.replace ?? false,
      clock: () => performance.now(),
      stopRequested,
      tell: options.tell ?? (() => {}),
      loadSets: (opened) => loadFiles(files, limit, opened),
    })
    if (!complete) return null
  } finally {
    engine.dispose()
  }
  return { summaries: summarise(readEvaluation(output).records.map(evaluated), 0), output }
}

/** Plain text has no prompt. */
const textAlone = { prompt: '', answer: '{answer}' }

type Files = readonly (readonly [EvaluationSet, string])[]

function filesOf(options: EvaluateModelOptions): Files {
  const files = (['forget', 'retain'] as const).flatMap((set): [EvaluationSet, string][] => {
    const path = options[set]
    return path === null ? [] : [[set, path]]
  })
  if (files.length > 0) return files
  throw new UserError({
    code: 'missing',
    path: 'eval',
    expected: 'at least one of --forget and --retain',
    got: 'neither',
  })
}

/** What is done with each example, as a benchmark says it; the files themselves are told by their hashes. */
function filesBenchmark(files: Files, maxNewTokens: number): Benchmark {
  const set = (name: EvaluationSet) => ({
    file: name,
    texts: { answer: 'answer' },
    generate: { maxNewTokens, reference: 'answer' },
  })
  return benchmarkSchema.parse({
    id: 'files',
    title: 'Files of your own',
    sets: Object.fromEntries(files.map(([name]) => [name, set(name)])),
    metrics: {},
    ranking: { forget: 'forget.probability', utility: 'retain.probability' },
  })
}

/** Examples as training reads them, in any shape of a data file, as rows of a benchmark. */
async function loadFiles(
  files: Files,
  limit: number | null,
  { tokenizer, model }: OpenedModel,
): Promise<LoadedSets> {
  const loaded = new Map<string, LoadedSet>()
  for (const [set, path] of files) {
    const { examples, report } = await loadExamples(path, tokenizer, {
      maxLength: model.maxPositions,
    })
    const chosen = spread(examples, limit)
    const rows = chosen.map((example): BenchmarkRow => {
      const { tokens, prompt, answer } = probeOf(example, tokenizer)
      return {
        set,
        index: example.index,
        prompt,
        promptTokens: tokens,
        texts: { answer: [{ text: answer, example }] },
        reference: answer,
      }
    })
    const truncated = chosen.filter(({ truncatedTokens }) => truncatedTokens > 0).length
    const template = report.template ?? textAlone
    loaded.set(set, { rows, file: resolve(path), template, truncated })
  }
  return { loaded, missing: [] }
}

/** A stored record as the metrics of runs read it. */
function evaluated({
  set,
  index,
  prompt,
  texts,
  generated,
  reference,
}: SampleRecord): EvaluationRecord {
  const { logProbs } = texts.answer[0]
  return {
    set: set as EvaluationSet,
    index,
    prompt,
    answer: reference ?? '',
    generated: generated ?? '',
    answerLogProb: logProbs.reduce((sum, logProb) => sum + logProb, 0),
    answerTokens: logProbs.length,
  }
}
