import { modelName } from '../../checkpoint/model-name.ts'
import type { Engine } from '../../engine/engine.ts'
import { fileHash, modelHash, tokensHash } from '../../files/content-hash.ts'
import { packageVersion } from '../../files/package.ts'
import { type OpenedModel, openModel, openSession } from '../../train/session.ts'
import type { Benchmark } from '../benchmark.ts'
import { openProbes, requireOriginal } from '../probe/open-probes.ts'
import type { SampleRecord } from '../record.ts'
import { openRecords } from '../record-lines.ts'
import { type LoadedSet, loadSet } from '../rows/load-set.ts'
import { chunksOf, type MeasuredWork, measureChunk } from '../score/measure-rows.ts'
import { createMeasurer } from '../score/measurer.ts'
import { followMeasuring, type MeasuringProgress } from '../score/measuring-progress.ts'
import {
  beginFolder,
  declarationHash,
  type EvaluationFile,
  type EvaluationIdentity,
  measuringOf,
  recordsPath,
  storedRecords,
  writeEvaluation,
} from './evaluation-file.ts'

export interface EvaluateOptions {
  readonly engine: Engine
  readonly benchmark: Benchmark
  readonly model: string
  /** the original model, for benchmarks with probes that need it */
  readonly original: string | null
  readonly data: string
  /** folder for `evaluation.json` and `records.jsonl` */
  readonly output: string
  readonly limit: number | null
  /** the part of the rows that `keep` lets through, by its name */
  readonly split: string | null
  readonly keep?: (id: string) => boolean
  readonly replace: boolean
  readonly clock: () => number
  readonly stopRequested: () => boolean
  readonly tell: (progress: MeasuringProgress & { readonly set: string }) => void
  readonly tokensPerBatch?: number
  readonly cachePositions?: number
  /** Reads the sets; those of the benchmark in the data folder unless given. */
  readonly loadSets?: (opened: OpenedModel) => Promise<LoadedSets>
}

/** The sets of a benchmark in order, and the names of optional ones without a file. */
export interface LoadedSets {
  readonly loaded: ReadonlyMap<string, LoadedSet>
  readonly missing: readonly string[]
}

/**
 * Measures a model on a benchmark: one record per row, written as they come; goes on where it was stopped.
 *
 * @returns whether it is complete
 * @throws UserError for bad data, or where the folder holds an evaluation of something else
 */
export async function evaluateBenchmark(options: EvaluateOptions): Promise<boolean> {
  const { engine, benchmark, output, clock, stopRequested } = options
  const started = clock()
  const opened = await openModel(options.model)
  const original = requireOriginal(benchmark, options.original)
  const load = options.loadSets ?? ((of) => loadBenchmarkSets(options, of))
  const { loaded, missing } = await load(opened)
  const identity = await identityOf(options, original, loaded)
  const file: EvaluationFile = {
    identity,
    modelName: modelName(options.model),
    truncatedTexts: [...loaded.values()].reduce((sum, { truncated }) => sum + truncated, 0),
    missingSets: missing,
    work: null,
  }
  const before = await beginFolder(output, file, options.replace)
  if (before?.work) return true

  const session = await openSession(engine, opened, null)
  const batching = options.tokensPerBatch ? { tokensPerBatch: options.tokensPerBatch } : {}
  const measurer = await createMeasurer(session, {
    ...batching,
    ...(options.cachePositions && { cachePositions: options.cachePositions }),
  })
  const probes = await openProbes(benchmark, measurer, original, {
    ...batching,
    stopRequested,
  })
  const path = recordsPath(output)
  const done = storedRecords(path, loaded)
  const lines = openRecords(path)
  const work: MeasuredWork = {
    records: 0,
    scoredTokens: 0,
    generatedTokens: 0,
    scoringSeconds: 0,
    generatingSeconds: 0,
  }
  try {
    const of = [...loaded.values()].reduce((sum, { rows }) => sum + rows.length, 0)
    let set = ''
    const progress = followMeasuring({ done: done.length, of }, clock, (far) =>
      options.tell({ set, ...far }),
    )
    let known = done.length
    for (const [name, { rows }] of loaded) {
      set = name
      for (const chunk of chunksOf(rows)) {
        const before = Math.min(known, chunk.length)
        known -= before
        if (before === chunk.length) {
          work.records += chunk.length
          continue
        }
        const asked = {
          ...{ benchmark, measurer, probes, clock, stopRequested },
          onShare: (share: number) => progress.share(share, chunk.length - before),
          onRecord(record: SampleRecord, place: number) {
            if (place < before) return
            lines.append(record)
            progress.record()
          },
        }
        const records = await measureChunk(chunk, asked, work)
        lines.sync()
        if (!records) return false
        progress.chunk(chunk.length - before)
      }
    }
  } finally {
    lines.sync()
    lines.close()
    probes.dispose()
    measurer.dispose()
  }
  const seconds = (clock() - started) / 1000
  await writeEvaluation(output, { ...file, work: { ...work, seconds } })
  return true
}

async function loadBenchmarkSets(
  { benchmark, data, limit, keep }: EvaluateOptions,
  { tokenizer, model }: OpenedModel,
): Promise<LoadedSets> {
  const loaded = new Map<string, LoadedSet>()
  const missing: string[] = []
  for (const [name, set] of Object.entries(benchmark.sets)) {
    const found = await loadSet(data, name, set, {
      tokenizer,
      maxPositions: model.maxPositions,
      limit,
      ...(keep && { keep }),
    })
    if (found) loaded.set(name, found)
    else missing.push(name)
  }
  return { loaded, missing }
}

async function identityOf(
  { benchmark, model, limit, split }: EvaluateOptions,
  original: string | null,
  loaded: ReadonlyMap<string, LoadedSet>,
): Promise<EvaluationIdentity> {
  const hashes = new Map<string, string>()
  for (const { file } of loaded.values())
    if (file !== null && !hashes.has(file)) hashes.set(file, await fileHash(file))
  const sets = [...loaded]
  const templates = Object.fromEntries(sets.map(([set, { template }]) => [set, template]))
  return {
    benchmark: benchmark.id,
    declaration: declarationHash(benchmark),
    model: await modelHash(model),
    tokenizer: tokensHash(measuredTokens(loaded.values())),
    ...(original !== null && { original: await modelHash(original) }),
    // Rows that the benchmark brings are in its declaration.
    data: Object.fromEntries(
      sets.flatMap(([set, { file }]) => (file === null ? [] : [[set, hashes.get(file) as string]])),
    ),
    templates,
    limit,
    split,
    lethe: packageVersion(),
    measuring: measuringOf(templates),
  }
}

/** All that a model is asked and all that is scored, as its tokenizer splits it. */
function* measuredTokens(sets: Iterable<LoadedSet>): Generator<Int32Array> {
  for (const { rows } of sets)
    for (const { promptTokens, texts } of rows) {
      yield promptTokens
      for (const { example } of Object.values(texts).flat()) yield example.tokens
    }
}
