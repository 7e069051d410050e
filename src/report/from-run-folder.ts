import { existsSync } from 'node:fs'
import { readBoundedText } from '../files/bounded-file.ts'
import { publishable, publishableRecipe } from '../recipe/publishable.ts'
import { readEvaluations } from '../run/evaluations.ts'
import { readEvents } from '../run/event-log.ts'
import { exportedStates } from '../run/exported-states.ts'
import { measuredGgufs } from '../run/gguf-files.ts'
import { readMetrics } from '../run/metrics-file.ts'
import { openRunFolder } from '../run/run-folder.ts'
import { readSamples } from '../run/samples.ts'
import { type ReportAround, renderReport } from './page.ts'
import { collectReport } from './report-data.ts'

/**
 * The report of a run as one standalone HTML page, from the files of its folder alone; the run may be unfinished.
 *
 * @param path   of the run folder
 * @param around what a page that shows it adds; nothing unless given; `publish`: without paths and passwords of the machine
 * @throws UserError where there is no run, or a file of it is damaged
 */
export function reportFromRunFolder(
  path: string,
  around: ReportAround & { readonly publish?: boolean } = {},
): string {
  const { publish = false, ...page } = around
  const edge = publish ? publishable : <T>(value: T) => value

  const run = openRunFolder(path)
  const state = existsSync(run.metrics)
    ? undefined
    : exportedStates(run).findLast(({ metrics }) => existsSync(metrics))
  const { metrics } = state ?? run
  const samples = [run.samples, ...(state ? [state.samples] : [])].filter(existsSync)
  return renderReport(
    collectReport({
      name: run.name,
      events: edge(readEvents(run.events, page.curves?.mostSteps)),
      metrics: existsSync(metrics) ? readMetrics(metrics) : null,
      samples: samples.flatMap(readSamples),
      ofState: state?.name ?? null,
      benchmarks: edge(readEvaluations(run)),
      ggufs: measuredGgufs(run),
      recipe: existsSync(run.recipe)
        ? (publish ? publishableRecipe : edge)(readBoundedText(run.recipe))
        : null,
    }),
    page,
  )
}
