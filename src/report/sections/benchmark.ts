import { notesOf } from '../../measure/benchmark.ts'
import { directionText } from '../../measure/direction.ts'
import type { StoredEvaluation } from '../../measure/evaluation/stored-evaluation.ts'
import { numberText } from '../benchmark-table.ts'
import { type Content, html, type Markup } from '../markup.ts'

/** The section of a benchmark: what the exported model came to on it, every number beside those of the reference models, and what to make of them. */
export function benchmarkSection({ benchmark, results, warnings }: StoredEvaluation): Markup {
  const valued = results.filter(({ value }) => value !== null)
  const without = results.filter(({ value }) => value === null)
  const cell = (name: string, content: Content) =>
    html`<td class="number" data-label="${name}"><span>${content}</span></td>`
  return html`<section id="benchmark-${benchmark.id.replace(/[^\w-]+/g, '-')}"><h2>${benchmark.title}</h2>
${warnings.map((warning) => html`<p><strong>${warning}</strong></p>`)}
<table>
<thead><tr><th scope="col">Metric</th><th scope="col">Better</th>${['Value', 'Original', 'Never trained on it'].map((name) => html`<th scope="col" class="number">${name}</th>`)}</tr></thead>
<tbody>${valued.map(
    ({ key, title, better, value, interval, original, neverTrained }) => html`<tr>
<th scope="row" title="${title}">${key}</th>
<td data-label="Better">${directionText(better)}</td>
${cell('Value', html`${numberText(value)}${interval && html` <small>[${interval.map(numberText).join(', ')}]</small>`}`)}
${cell('Original', numberText(original))}
${cell('Never trained on it', numberText(neverTrained))}
</tr>`,
  )}</tbody>
</table>
<p class="note">Of the exported model, on benchmark <code>${benchmark.id}</code>. Small figures: 95 % bootstrap interval over rows. ${notesOf(benchmark).join(' ')}</p>
${without.length > 0 && html`<details><summary>Without a value: ${without.length}</summary><dl class="glossary">${without.map(({ key, reason }) => html`<div><dt>${key}</dt><dd>${reason}</dd></div>`)}</dl></details>`}
</section>`
}
