import { notShown, shownBy } from '../measure/not-shown.ts'
import { type DocumentOptions, htmlDocument } from './html-document.ts'
import { html } from './markup.ts'
import type { ReportData } from './report-data.ts'
import { answers } from './sections/answers.ts'
import { benchmarkSection } from './sections/benchmark.ts'
import { cost } from './sections/cost.ts'
import { type CurveView, curves } from './sections/curves.ts'
import { facts } from './sections/facts.ts'
import { firstBatch } from './sections/first-batch.ts'
import { ggufSection } from './sections/gguf.ts'
import { goal } from './sections/goal.ts'
import { header } from './sections/header.ts'
import { headline } from './sections/headline.ts'
import { metricsTable } from './sections/metrics-table.ts'
import { notShownSection } from './sections/not-shown.ts'
import { notices } from './sections/notices.ts'
import { recipe } from './sections/recipe.ts'

/** The parts that a page that shows a report adds to it. */
export interface ReportAround extends Pick<DocumentOptions, 'lead' | 'policy' | 'style'> {
  readonly curves?: CurveView
}

/**
 * The report as one HTML page that needs nothing else: no script, no network, no font.
 *
 * Readable from 380 px up, in light and dark; everything that came from data is escaped.
 */
export function renderReport(
  data: ReportData,
  { curves: view = { scale: 'linear', smooth: true }, ...around }: ReportAround = {},
): string {
  const sections = [
    goal(data),
    metricsTable(data),
    ...data.benchmarks.map(benchmarkSection),
    ...data.ggufs.map(ggufSection),
    answers(data),
    curves(data, view),
    notices(data),
    firstBatch(data),
    cost(data),
    notShownSection(
      notShown(
        shownBy(
          data.benchmarks,
          data.ggufs.map(({ bits }) => bits),
        ),
      ),
    ),
    recipe(data),
  ].filter((section) => section !== null)
  return htmlDocument(
    { title: `${data.name} · Lethe report`, ...around },
    html`${header(data)}
${headline(data)}
${facts(data)}
${sections}
<footer class="note user">Run ${data.runId} · every number here can be recomputed from the run folder’s events.jsonl, metrics.json, samples.jsonl, evaluation/ and gguf/.</footer>`,
  )
}
