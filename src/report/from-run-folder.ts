import { existsSync, readFileSync } from 'node:fs'
import { readEvaluations } from '../run/evaluations.ts'
import { readEvents } from '../run/event-log.ts'
import { readMetrics } from '../run/metrics-file.ts'
import { openRunFolder } from '../run/run-folder.ts'
import { readSamples } from '../run/samples.ts'
import { type ReportAround, renderReport } from './page.ts'
import { collectReport } from './report-data.ts'

/**
 * The report of a run as one standalone HTML page, from the files of its folder alone; the run may be unfinished.
 *
 * @param path   of the run folder
 * @param around what a page that shows it adds; nothing unless given
 * @throws UserError where there is no run, or a file of it is damaged
 */
export function reportFromRunFolder(path: string, around: ReportAround = {}): string {
  const run = openRunFolder(path)
  return renderReport(
    collectReport({
      name: run.name,
      events: readEvents(run.events),
      metrics: existsSync(run.metrics) ? readMetrics(run.metrics) : null,
      samples: existsSync(run.samples) ? readSamples(run.samples) : [],
      benchmarks: readEvaluations(run),
      recipe: existsSync(run.recipe) ? readFileSync(run.recipe, 'utf8') : null,
    }),
    around,
  )
}
