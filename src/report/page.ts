import { html, Markup } from './markup.ts'
import type { ReportData } from './report-data.ts'
import { answers } from './sections/answers.ts'
import { cost } from './sections/cost.ts'
import { curves } from './sections/curves.ts'
import { facts } from './sections/facts.ts'
import { firstBatch } from './sections/first-batch.ts'
import { header } from './sections/header.ts'
import { headline } from './sections/headline.ts'
import { metricsTable } from './sections/metrics-table.ts'
import { notShownSection } from './sections/not-shown.ts'
import { notices } from './sections/notices.ts'
import { recipe } from './sections/recipe.ts'
import { style } from './style.ts'

/**
 * The report as one HTML page that needs nothing else: no script, no network, no font.
 *
 * Readable from 380 px up, in light and dark; everything that came from data is escaped.
 */
export function renderReport(data: ReportData): string {
  const sections = [
    metricsTable(data),
    answers(data),
    curves(data),
    notices(data),
    firstBatch(data),
    cost(data),
    notShownSection(),
    recipe(data),
  ].filter((section) => section !== null)
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${data.name} · Lethe report</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
${header(data)}
${headline(data)}
${facts(data)}
${sections}
<footer class="note user">Run ${data.runId} · every number here can be recomputed from the run folder’s events.jsonl, metrics.json and samples.jsonl.</footer>
</main>
</body>
</html>
`
  return page.text
}
