import { join, resolve } from 'node:path'
import {
  type EvaluationSet,
  evaluationSets,
  takedown,
  takedownDraws,
} from '../benchmark/takedown.ts'
import { evenlySpaced } from '../data/evenly-spaced.ts'
import { loadExamples } from '../data/load-examples.ts'
import { createEngine } from '../engine/node-engine.ts'
import { UserError } from '../error.ts'
import { textHash } from '../files/content-hash.ts'
import { holdFolder } from '../files/hold-folder.ts'
import { evaluateBenchmark, type LoadedSets } from '../measure/evaluation/evaluate-benchmark.ts'
import { readEvaluation } from '../measure/evaluation/evaluation-file.ts'
import { evaluationFolder } from '../measure/evaluation/evaluation-task.ts'
import { type BenchmarkResult, benchmarkResults } from '../measure/results.ts'
import { exampleRows } from '../measure/rows/example-rows.ts'
import type { LoadedSet } from '../measure/rows/load-set.ts'
import type { MeasuringProgress } from '../measure/score/measuring-progress.ts'
import type { OpenedModel } from '../train/session.ts'

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
  readonly tell?: (progress: MeasuringProgress & { readonly set: string }) => void
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
): Promise<{ readonly results: BenchmarkResult[]; readonly output: string } | null> {
  const { model, limit, forget, retain, maxNewTokens, stopRequested = () => false } = options
  const files = filesOf(options)
  const benchmark = takedown({ sets: files.map(([set]) => set), maxNewTokens })
  const settings = textHash(JSON.stringify({ forget, retain, limit, maxNewTokens })).slice(0, 8)
  const output = options.output ?? evaluationFolder(model, join('files', settings))
  return holdFolder(output, async () => {
    const engine = await createEngine()
    try {
      const complete = await evaluateBenchmark({
        engine,
        benchmark,
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
    const { records } = readEvaluation(output)
    const alone = { model: records, original: null, neverTrained: null }
    return { results: benchmarkResults(benchmark, alone, takedownDraws), output }
  })
}

/** Plain text has no prompt. */
const textAlone = { prompt: '', answer: '{answer}' }

type Files = readonly (readonly [EvaluationSet, string])[]

function filesOf(options: EvaluateModelOptions): Files {
  const files = evaluationSets.flatMap((set): [EvaluationSet, string][] => {
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
    const chosen = evenlySpaced(examples, limit)
    const rows = exampleRows(set, chosen, tokenizer)
    const truncated = chosen.filter(({ truncatedTokens }) => truncatedTokens > 0).length
    const template = report.template ?? textAlone
    loaded.set(set, { rows, file: resolve(path), template, truncated })
  }
  return { loaded, missing: [] }
}
