import { bytesText, durationText } from '../../units.ts'
import { compact, count } from '../format.ts'
import { type Content, html, type Markup } from '../markup.ts'
import type { ReportData } from '../report-data.ts'

/** The section of cost: what the run took, beside what was planned, and what the export check found. */
export function cost({ plan, finished, exported, started }: ReportData): Markup | null {
  const rows: [string, Content, Content][] = []
  if (plan || finished) {
    rows.push(
      [
        'Time',
        plan && plan.seconds !== null ? durationText(plan.seconds) : null,
        finished && durationText(finished.seconds),
      ],
      ['Peak memory', plan && bytesText(plan.peakBytes), finished && bytesText(finished.peakBytes)],
      ['Tokens', plan && count(plan.tokens), finished && count(finished.tokens)],
    )
  }
  if (rows.length === 0 && !exported && !started) return null
  const check = exported?.check
  return html`<section id="cost"><h2>Cost and export</h2>
${
  rows.length > 0 &&
  html`<table><thead><tr><th scope="col"></th><th scope="col" class="number">Planned</th><th scope="col" class="number">Measured</th></tr></thead>
<tbody>${rows.map(([name, planned, measured]) => html`<tr><th scope="row">${name}</th><td class="number" data-label="Planned">${planned ?? '–'}</td><td class="number" data-label="Measured">${measured ?? '–'}</td></tr>`)}</tbody></table>`
}
${exported && html`<p class="user">Exported to <code>${exported.path}</code> (${bytesText(exported.bytes)}). ${check ? `Opened again and compared with the trained weights at ${count(check.positions)} positions: largest difference of a logit ${compact(check.maxLogitDifference)}, same most likely token at ${compact(100 * check.topOneAgreement)} %.` : 'Not compared with the trained weights.'}</p>`}
${
  started &&
  html`<p class="note user">Made with ${Object.entries(started.versions)
    .map(([part, version]) => `${part} ${version}`)
    .join(', ')}.</p>`
}
</section>`
}
