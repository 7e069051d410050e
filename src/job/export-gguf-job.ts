import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { modelName } from '../checkpoint/model-name.ts'
import { createEngine } from '../engine/node-engine.ts'
import { writeFileAtomic } from '../files/atomic.ts'
import { readBoundedText } from '../files/bounded-file.ts'
import { holdFolder } from '../files/hold-folder.ts'
import { type ExportedGguf, exportGguf, type GgufType, ggufTypes } from '../gguf/export-gguf.ts'
import { readAnyRecipe } from '../recipe/read.ts'
import { reportFromRunFolder } from '../report/from-run-folder.ts'
import { renewReports } from '../report/renew-reports.ts'
import { readEvents } from '../run/event-log.ts'
import { exportedAt, modelAt } from '../run/exported-states.ts'
import type { MeasuredGguf } from '../run/gguf-files.ts'
import { measureGguf } from '../run/measure-gguf.ts'
import { type RunFolder, runFolderAt } from '../run/run-folder.ts'
import { openModel } from '../train/session.ts'
import type { WorkContext } from './context.ts'

/** A GGUF file, and what was measured of it where it was made of an unlearning run. */
export interface GgufOutcome extends ExportedGguf {
  readonly measured: MeasuredGguf | null
  /** measuring was stopped; the file is there */
  readonly stopped: boolean
}

/**
 * Writes a model as a GGUF file: that of a run, of one of its exported states, or any model folder. What an unlearning run measured of
 * its model is measured of the file, and shown in the run's report.
 *
 * @param path   a run or model folder
 * @param output where the file goes; `gguf/` of the run, or beside the folder unless given
 * @throws UserError where there is no model, or llama.cpp does not know it
 */
export async function performGgufExport(
  path: string,
  options: { readonly type: GgufType; readonly output: string | null; readonly replace: boolean },
  context: WorkContext,
): Promise<GgufOutcome> {
  const { type, replace } = options
  const folder = resolve(context.cwd, modelAt(resolve(context.cwd, path)))
  const run = runOf(folder)
  const file = `${modelName(folder)}-${ggufTypes[type].block.name}.gguf`
  const target = options.output
    ? resolve(context.cwd, options.output)
    : join(run?.gguf ?? dirname(folder), file)
  const work = async (): Promise<GgufOutcome> => {
    const opened = await openModel(folder)
    const card = join(folder, 'README.md')
    const exported = await exportGguf(opened, {
      card: existsSync(card) ? readBoundedText(card) : null,
      ...{ target, type, replace },
    })
    const measured = run ? await measureOf(run, folder, exported, type, context) : null
    return { ...exported, measured: measured ?? null, stopped: measured === undefined }
  }
  return run ? holdFolder(run.path, work) : work()
}

/** The run whose model, or exported state, a folder is. */
function runOf(folder: string): RunFolder | null {
  const above = dirname(folder)
  const run = runFolderAt(basename(folder) === 'model' ? above : dirname(above))
  const isItsOwn = folder === run.model || folder === exportedAt(run, basename(folder)).model
  return isItsOwn && existsSync(run.events) ? run : null
}

/** @returns null for a run that unlearns nothing, undefined where it was stopped */
async function measureOf(
  run: RunFolder,
  folder: string,
  { path }: ExportedGguf,
  type: GgufType,
  { cwd, env, tell, stopRequested }: WorkContext,
): Promise<MeasuredGguf | null | undefined> {
  const loaded = await readAnyRecipe(run.recipe, { cwd, env })
  if (loaded.kind !== 'unlearn') return null
  tell({ kind: 'measuring' })
  const engine = await createEngine()
  const { block } = ggufTypes[type]
  try {
    const measured = await measureGguf(
      loaded.recipe,
      {
        path,
        samples: folder === run.model ? run.samples : exportedAt(run, basename(folder)).samples,
        type: block.name,
        bits: Math.floor((8 * block.blockBytes) / block.blockValues),
      },
      {
        folder: run,
        engine,
        startedAt: new Date(readEvents(run.events).at(0)?.ts ?? Date.now()),
        stopRequested,
        clock: () => performance.now(),
      },
    )
    if (!measured) return undefined
    if (existsSync(run.metrics)) await renewReports(run)
    else await writeFileAtomic(run.report, reportFromRunFolder(run.path))
    return measured
  } finally {
    engine.dispose()
  }
}
