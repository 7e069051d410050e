import type { Comparison } from '../compare/comparison.ts'
import { changesNote, changesTable, comparisonTable, settingsTable } from './comparison-table.ts'
import { htmlDocument } from './html-document.ts'
import type { TextTable } from './markdown-table.ts'
import { type Content, html, type Markup } from './markup.ts'
import { paretoChart } from './pareto-chart.ts'
import { notShownSection } from './sections/not-shown.ts'

/** A comparison as one HTML page that needs nothing else. */
export function renderComparison(
  comparison: Comparison,
  title: string,
  lead: Content = null,
): string {
  return htmlDocument(
    {
      title: `${title} · Lethe comparison`,
      lead,
      style:
        '.scroll{overflow-x:auto}.scroll td,.scroll th{white-space:nowrap}@media (max-width:980px){.scroll tr>td[data-label]{grid-template-columns:11rem 1fr;white-space:normal}}',
    },
    html`<p class="kicker">Lethe comparison</p>
<h1>${title}</h1>
<p class="lead">${leadOf(comparison)}</p>
<section id="pareto"><h2>Forgetting and utility</h2><figure>${paretoChart(comparison)}</figure></section>
<section id="metrics"><h2>Metrics</h2>${table(comparisonTable(comparison))}
<p class="note">Mean ± standard deviation over seeds. A row with a guard, an early end or a broken model (${comparison.axes.utility} under half of the original’s) is never called better than another.</p></section>
<section id="changes"><h2>Changes</h2>${table(changesTable(comparison))}
<p class="note">${changesNote}</p></section>
<section id="settings"><h2>What differs</h2>${table(settingsTable(comparison))}</section>
${comparison.notes.map((note) => html`<p class="note">${note}.</p>`)}
${notShownSection(comparison.notShown)}`,
  )
}

function leadOf({ rows, axes }: Comparison): string {
  const best = rows.filter(({ isBest }) => isBest).map(({ name }) => name)
  const runs = rows.reduce((sum, { seeds }) => sum + seeds.length, 0)
  return `${runs} runs in ${rows.length} rows. ${best.length === 0 ? 'None is without trouble' : `Not dominated in ${axes.forget} and ${axes.utility}: ${best.join('; ')}`}.`
}

function table({ header, lines }: TextTable): Markup {
  return html`<div class="scroll"><table><thead><tr>${header.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${lines.map(([first, ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map((cell, i) => html`<td class="number" data-label="${header[i + 1]}"><span>${cell}</span></td>`)}</tr>`)}</tbody></table></div>`
}
